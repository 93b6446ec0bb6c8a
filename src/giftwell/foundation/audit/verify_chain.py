"""Does the chain of the audit still say what was sealed: which block and which row, where it does not."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from giftwell.foundation.audit.models import AuditRow, Block
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.ids import public_id

MOST_FINDINGS = 100
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """Something that is not as it was sealed. `block` is None for what was slipped in behind the last one.

    `place` counts from 0 in the block; `row` is empty where the header is wrong or the row is gone.
    """

    block: int | None
    what: str
    place: int | None = None
    row: str = ""


def verify_audit(*, head: tuple[int, bytes] | None = None) -> list[AuditFinding]:
    """Read every closed block again; an empty list says that all is as it was sealed. At most 100 findings.

    `head` is a block's number and hash as somebody outside wrote them down: only it shows that not the whole
    chain was made anew. Runs beside the traffic, without locks.
    """
    findings: list[AuditFinding] = []
    with scope.platform():
        if head is not None:
            findings += _compare(*head)
        with reading():
            last = Block.objects.order_by("-number").values_list("number", flat=True).first() or 0
        # Once even without a block: what lies in closed transactions would have been sealed.
        for first in range(1, max(last, 1) + 1, _AT_ONCE):
            findings += _check(first, first + _AT_ONCE - 1)
            if len(findings) >= MOST_FINDINGS:
                break
    return findings[:MOST_FINDINGS]


def newest_block() -> Block | None:
    """The last block, whose number and hash stand for all before it; None outside the platform's scope."""
    with reading():
        return Block.objects.order_by("-number").first()


def _compare(number: int, expected: bytes) -> Iterator[AuditFinding]:
    with reading():
        found = Block.objects.filter(number=number).values_list("hash", flat=True).first()
    if found is None:
        yield AuditFinding(number, "is gone, though its hash is known")
    elif bytes(found) != expected:
        yield AuditFinding(number, "has another hash than the one that is known")


def _check(first: int, final: int) -> list[AuditFinding]:
    with reading(), connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")
        cursor.execute("select block, finding, place, row_id from audit.check_blocks(%s, %s)", [first, final])
        return [
            AuditFinding(block, what, place, public_id(AuditRow.PREFIX, row) if row else "")
            for block, what, place, row in cursor.fetchmany(MOST_FINDINGS)
        ]
