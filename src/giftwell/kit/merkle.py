"""Merkle trees as RFC 6962 builds them, in plain Python: what a hash over many things proves of one of them.

The twin of `audit.merkle_root` in the database. A leaf is hashed with 0x00 in front, a node with 0x01, so
that neither can be shown as the other; the last node of an odd level goes up as it is.
"""

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf with this content."""
    return sha256(b"\x00" + content).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over the hashes of leaves, in order. Raises ValueError where there are none."""
    if not leaves:
        raise ValueError("a tree has at least one leaf")
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """The neighbours that lead from one leaf (counted from 0) up to the root, lowest first."""
    level, found = list(leaves), []
    while len(level) > 1:
        neighbour = place ^ 1
        if neighbour < len(level):
            found.append(level[neighbour])
        level, place = _above(level), place // 2
    return found


def climb(leaf: bytes, place: int, count: int, neighbours: Sequence[bytes]) -> bytes:
    """The root that a leaf leads to, at its place among `count` leaves, by its neighbours.

    Raises ValueError where they are too few or too many for that place.
    """
    rest = list(neighbours)
    if not 0 <= place < count:
        raise ValueError("the place is outside the tree")
    while count > 1:
        if place % 2 or place + 1 < count:
            if not rest:
                raise ValueError("the path is too short")
            neighbour = rest.pop(0)
            leaf = _node(neighbour, leaf) if place % 2 else _node(leaf, neighbour)
        place, count = place // 2, (count + 1) // 2
    if rest:
        raise ValueError("the path is too long")
    return leaf


def _above(level: Sequence[bytes]) -> list[bytes]:
    pairs = [_node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
