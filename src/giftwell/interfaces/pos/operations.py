"""The things a till can ask for: their functions, their rows, their answers.

`redemption` publishes the functions; nothing else is executed here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from giftwell.domain.redemption.fingerprint import differing_fields
from giftwell.domain.redemption.refusals import REFUSALS, KeyConflict
from giftwell.interfaces.pos import answers, rows
from giftwell.interfaces.pos.rows import Asked, Row
from giftwell.kit.errors import DomainError

__all__ = ["OPERATIONS", "Asked", "Operation", "Row", "refusal"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of request: its function, its row, its answer.

    `print_at` is where the row holds the fingerprint, or -1 where nothing is remembered.
    """

    name: str
    sql: str
    status: int
    row: Callable[[Asked, Any], Row]
    answer: Callable[[Any, Row], Any]
    print_at: int

    def judge(self, row: Row, record: Any) -> tuple[Any, bool]:
        """The answer and whether it is a replay; raises the refusal that the function gave."""
        outcome = record[1]
        if outcome == "done":
            return self.answer(record, row), False
        if outcome == "replayed":
            return self.answer(record, row), True
        if outcome == "conflict":
            differing = differing_fields(self.name, row[self.print_at], record[12])
            raise KeyConflict(errors=dict.fromkeys(differing, "differs from the first request"))
        raise refusal(outcome)


def refusal(outcome: str) -> DomainError:
    """The error that an outcome stands for."""
    return REFUSALS[outcome]()


REDEEM = Operation(
    "redeem",
    "select * from redemption.redeem($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    201, rows.redeem, answers.redemption, 5,
)  # fmt: skip
AUTHORIZE = Operation(
    "authorize",
    "select * from redemption.authorize($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    201, rows.authorize, answers.authorization, 5,
)  # fmt: skip
REAUTHORIZE = Operation(
    "reauthorize",
    "select * from redemption.reauthorize($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    201, rows.reauthorize, answers.reauthorized, 4,
)  # fmt: skip
CAPTURE = Operation(
    "capture",
    "select * from redemption.capture($1, $2, $3, $4, $5, $6, $7, $10, $8, $9)",
    200, rows.capture, answers.captured, 4,
)  # fmt: skip
VOID = Operation(
    "void",
    "select * from redemption.void($1, $2, $3, $4, $5, $6, $7)",
    200, rows.void, answers.voided, 3,
)  # fmt: skip
REFUND = Operation(
    "refund",
    "select * from redemption.refund($1, $2, $3, $4, $5, $6, $7, $12, $8, $9, $10, $11)",
    201, rows.refund, answers.refunded, 4,
)  # fmt: skip
UNLINKED_REFUND = Operation(
    "unlinked_refund",
    "select * from redemption.unlinked_refund($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    201, rows.unlinked_refund, answers.unlinked_refund, 6,
)  # fmt: skip
REVERSE = Operation(
    "reverse",
    "select * from redemption.reverse($1, $2, $3, $4, $5, $6)",
    200, rows.reverse, answers.reversal, -1,
)  # fmt: skip
BALANCE = Operation(
    "balance",
    "select * from redemption.balance($1, $2, $3)",
    200, rows.balance, answers.balance, -1,
)  # fmt: skip

OPERATIONS = {
    one.name: one
    for one in (
        REDEEM, AUTHORIZE, REAUTHORIZE, CAPTURE, VOID, REFUND, UNLINKED_REFUND, REVERSE, BALANCE,
    )
}  # fmt: skip
