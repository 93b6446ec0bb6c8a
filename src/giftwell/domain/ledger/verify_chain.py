"""Does the chain of blocks still say what was sealed: which block and which posting, where it does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from giftwell.domain.ledger.models import Block, Transfer
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.ids import public_id

MOST_FINDINGS = 100
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was sealed. `block` is None for what was slipped in behind the last one.

    `place` counts from 0 in the block; `posting` is empty where the header is wrong or the posting is gone,
    `transfers` says the posting's legs as they stand now.
    """

    block: int | None
    what: str
    place: int | None = None
    posting: str = ""
    transfers: tuple[str, ...] = ()


def verify_chain(*, head: tuple[int, bytes] | None = None) -> list[Finding]:
    """Read every closed block again; an empty list says that all is as it was sealed. At most 100 findings.

    `head` is a block's number and hash as somebody outside wrote them down: only it shows that not the whole
    chain was made anew. Runs beside the traffic, without locks.
    """
    findings: list[Finding] = []
    with scope.platform():
        if head is not None:
            findings += _compare(*head)
        with reading():
            last = Block.objects.order_by("-number").values_list("number", flat=True).first() or 0
        for first in range(1, last + 1, _AT_ONCE):
            findings += _check(first, first + _AT_ONCE - 1)
            if len(findings) >= MOST_FINDINGS:
                break
    return findings[:MOST_FINDINGS]


def _compare(number: int, expected: bytes) -> Iterator[Finding]:
    with reading():
        found = Block.objects.filter(number=number).values_list("hash", flat=True).first()
    if found is None:
        yield Finding(number, "is gone, though its hash is known")
    elif bytes(found) != expected:
        yield Finding(number, "has another hash than the one that is known")


def _check(first: int, final: int) -> list[Finding]:
    with reading(), connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")
        cursor.execute(
            "select block, finding, place, posting_id from ledger.check_blocks(%s, %s)", [first, final]
        )
        rows = cursor.fetchmany(MOST_FINDINGS)
    with reading():
        return [Finding(block, what, place, *_told(posting)) for block, what, place, posting in rows]


def _told(posting: UUID | None) -> tuple[str, tuple[str, ...]]:
    if posting is None:
        return "", ()
    legs = Transfer.objects.filter(posting_id=posting).order_by("leg")
    return public_id("post", posting), tuple(f"leg {one.leg}: {one}" for one in legs)
