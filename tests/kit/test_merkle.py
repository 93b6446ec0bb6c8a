"""Merkle trees: RFC 6962's shape, paths that lead to the root, and none that leads there from elsewhere."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giftwell.kit import merkle


def _by_the_book(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word: split at the largest power of two below n."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + _by_the_book(leaves[:split]) + _by_the_book(leaves[split:])).digest()


@given(st.integers(1, 70), st.data())
def test_a_path_leads_to_the_root_that_the_rfc_describes(count: int, data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(count)]
    root = merkle.root(leaves)
    assert root == _by_the_book(leaves)
    place = data.draw(st.integers(0, count - 1))
    path = merkle.path(leaves, place)
    assert merkle.climb(leaves[place], place, count, path) == root
    assert merkle.climb(merkle.leaf_hash(b"another"), place, count, path) != root


def test_a_leaf_is_never_taken_for_a_node() -> None:
    left, right = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    assert merkle.leaf_hash(left + right) != merkle.root([left, right])


@pytest.mark.parametrize(
    ("place", "count", "path"), [(0, 2, []), (0, 1, [b"x"]), (3, 3, [b"x", b"y"]), (-1, 2, [b"x"])]
)
def test_a_path_that_does_not_fit_its_place_is_refused(place: int, count: int, path: list[bytes]) -> None:
    with pytest.raises(ValueError, match="the"):
        merkle.climb(b"leaf", place, count, path)


def test_there_is_no_tree_without_leaves() -> None:
    with pytest.raises(ValueError, match="at least one"):
        merkle.root([])
