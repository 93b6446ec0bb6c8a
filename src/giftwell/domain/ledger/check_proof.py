"""Check a proof of a balance that Giftwell gave you. Needs Python 3.9 or newer, and nothing else.

    python3 check_proof.py proof.json [blocks.json ...]

It builds every movement's hash, climbs from it to the root of its block, checks the block's own hash, and
adds the movements up to the balance. With files of published block headers (from the platform's page
/proofs/) it also checks that these follow each other without a gap, and that the blocks of the proof are
among them. It opens no connection.

What it shows: these movements, with these amounts, were sealed in these blocks, and they make this balance
without a gap. What it cannot show: that nothing happened after the last of them. Keep the hash of a block
that you have seen: whoever changes anything before it would have to give you another hash for it.
"""

from __future__ import annotations

import hashlib
import json
import struct
import sys
from datetime import datetime, timedelta, timezone
from typing import Any

FORMAT = "giftwell balance proof 1"
_START = datetime(2000, 1, 1, tzinfo=timezone.utc)


class Wrong(Exception):
    """The proof does not hold; the message says where."""


def check(proof: dict[str, Any], published: list[dict[str, Any]] | tuple[()] = ()) -> str:
    """Check a proof (and published headers, oldest first); answers a sentence. Raises Wrong."""
    if proof.get("format") != FORMAT:
        raise Wrong("this is not a proof of the kind that this file checks")
    headers = {header["number"]: check_header(header) for header in proof["blocks"]}
    check_chain(list(published), headers)
    balance = proof["opening_minor"]
    last = (0, -1)
    for posting in proof["postings"]:
        here = (posting["block"], posting["place"])
        if here <= last:
            raise Wrong("movement %s is not behind the one before it" % (here,))
        last = here
        change, after = check_posting(posting, headers, proof["account"])
        if balance + change != after:
            raise Wrong("a movement before block %d, place %d is missing" % here)
        balance = after
    if balance != proof["balance_minor"]:
        raise Wrong("the movements make %d and not %d" % (balance, proof["balance_minor"]))
    return "%d movements in %d blocks, from %d to %d minor units of %s" % (
        len(proof["postings"]), len(headers), proof["opening_minor"], balance, proof["currency"]
    )  # fmt: skip


def check_header(header: dict[str, Any]) -> dict[str, Any]:
    """Check that a block's header is what its hash says; the header."""
    content = (
        struct.pack(">qqi", header["number"], header["first_leaf"], header["postings"])
        + bytes.fromhex(header["root"])
        + bytes.fromhex(header["previous"])
        + struct.pack(">q", (datetime.fromisoformat(header["sealed_at"]) - _START) // _MICROSECOND)
    )
    if sha256(b"\x02" + content).hex() != header["hash"]:
        raise Wrong("the header of block %d is not what its hash says" % header["number"])
    return header


def check_chain(published: list[dict[str, Any]], headers: dict[int, dict[str, Any]]) -> None:
    """Check that published headers follow each other, and that the proof's blocks are among them."""
    known: dict[int, str] = {}
    for before, header in zip([None, *published], published):
        check_header(header)
        if before and (
            header["number"] != before["number"] + 1
            or header["previous"] != before["hash"]
            or header["first_leaf"] != before["first_leaf"] + before["postings"]
        ):
            raise Wrong("published block %d does not follow block %d" % (header["number"], before["number"]))
        known[header["number"]] = header["hash"]
    for number, header in headers.items():
        if published and known.get(number) != header["hash"]:
            raise Wrong("block %d of the proof is not the one that was published" % number)


def check_posting(
    posting: dict[str, Any], headers: dict[int, dict[str, Any]], account: int
) -> tuple[int, int]:
    """Check one movement: that it is sealed in its block, and what it did to the account."""
    where = "block %d, place %d" % (posting["block"], posting["place"])
    content = bytes.fromhex(posting["content"])
    header = headers.get(posting["block"])
    if header is None:
        raise Wrong("the header of block %d is not in the proof" % posting["block"])
    found = climb(sha256(b"\x00" + content), posting["place"], header["postings"], posting["path"], where)
    if found.hex() != header["root"]:
        raise Wrong("the movement in %s is not the one that was sealed" % where)
    # posting 16, merchant 16, instant 8, currency 3, kind and a zero, number of accounts 4, accounts,
    # the rest 32
    at = content.index(b"\0", 43) + 1
    (sides,) = struct.unpack(">i", content[at : at + 4])
    side = struct.pack(">qqq", account, posting["change_minor"], posting["balance_minor"])
    if sides > 1:  # other accounts took part: there stands the root over all sides, and this one is opened
        leaf = sha256(b"\x00" + bytes.fromhex(posting["blind"]) + side)
        side = climb(leaf, posting["side"], sides, posting["side_path"], where)
    if content[at + 4 : -32] != side:
        raise Wrong("the movement in %s says something else of this account" % where)
    return posting["change_minor"], posting["balance_minor"]


def climb(node: bytes, place: int, count: int, path: list[str], where: str) -> bytes:
    """The root of the tree that a leaf at this place, with these neighbours, belongs to."""
    steps = [bytes.fromhex(step) for step in path]
    while count > 1:
        if place % 2 or place + 1 < count:
            if not steps:
                raise Wrong("the path of the movement in %s is too short" % where)
            other = steps.pop(0)
            node = sha256(b"\x01" + (other + node if place % 2 else node + other))
        place, count = place // 2, (count + 1) // 2
    if steps or place:
        raise Wrong("the path of the movement in %s leads nowhere" % where)
    return node


def sha256(content: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(content).digest()


def main(names: list[str]) -> int:
    """Read the files, check, say."""
    if not names:
        print(__doc__)
        return 2
    proof, *published = [json.load(open(name, encoding="utf-8")) for name in names]
    headers = sorted((one for page in published for one in page["blocks"]), key=lambda one: one["number"])
    try:
        print("The proof holds: " + check(proof, headers) + ".")
    except (Wrong, KeyError, ValueError, TypeError, struct.error) as error:
        print("The proof does NOT hold: %s" % error)
        return 1
    if not headers:
        print("Compare the hash of its last block with the one that the platform published.")
    return 0


_MICROSECOND = timedelta(microseconds=1)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
