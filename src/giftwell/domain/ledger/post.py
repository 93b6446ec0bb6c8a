"""Making postings from Python: one move, or many in one call. The database judges them; see
`sql/3_post.sql`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from giftwell.domain.ledger.chart import Legs
from giftwell.domain.ledger.refusals import REFUSALS, CauseConflict

MOST_LEGS = 4
_POST = """
select outcome, posting_id, amount_minor, balance_minor, available_minor, fingerprint, posted_at
from ledger.post(array(
  select row(m.*)::ledger.move
  from unnest(
    %s::uuid[], %s::text[], %s::text[], %s::text[], %s::bytea[], %s::text[], %s::bigint[], %s::text[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    null::uuid[], null::bigint[], null::timestamptz[]) m), %s)
order by idx
"""


@dataclass(frozen=True, slots=True)
class Move:
    """One posting to make: at most four legs. `subject` is the guarded account whose available value decides.

    `cause` is unique within the merchant for ever; a repeated one must show the same `fingerprint`. A
    `refusal` that the caller has found counts only if the cause is new.
    """

    merchant_id: UUID
    kind: str
    currency: str
    cause: str
    legs: Legs
    actor: str
    subject: int | None = None
    fingerprint: bytes = b""
    refusal: str | None = None

    def __post_init__(self) -> None:
        """Refuse what the database's type cannot carry."""
        if len(self.legs) > MOST_LEGS:
            raise ValueError(f"a posting has at most {MOST_LEGS} legs")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a move: outcome `done`, `replayed`, `conflict`, or why it was refused.

    Amount and balances are minor units: what moved on the subject, and what it had after (the first time,
    if replayed).
    """

    outcome: str
    posting_id: UUID | None
    amount_minor: int | None
    balance_minor: int | None
    available_minor: int | None
    fingerprint: bytes | None
    posted_at: datetime | None

    @property
    def is_effective(self) -> bool:
        """Whether the posting is in the books, from now or from before."""
        return self.outcome in {"done", "replayed"}


def post(moves: Sequence[Move], *, now: datetime) -> list[Answer]:
    """Post the moves in order, as if one after the other; one that is refused leaves the others be.

    Must run in a transaction. Raises only for a breach of the rules of the house (another merchant than the
    one in scope).
    """
    if not moves:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_POST, [*_columns(moves), now])
        return [Answer(*_plain(row)) for row in cursor.fetchall()]


def post_one(move: Move, *, now: datetime) -> Answer:
    """Post one move; the answer of an effect, new or replayed.

    Raises `CauseConflict`, `InsufficientFunds` and the other errors of `refusals.py` for everything else.
    """
    (answer,) = post([move], now=now)
    if answer.is_effective:
        return answer
    if answer.outcome == "conflict":
        raise CauseConflict
    raise REFUSALS[answer.outcome]


def post_new(move: Move, *, now: datetime) -> Answer:
    """Post one move whose caller knows that it was not made before, since `once` has not seen the request.

    Where another verb used the cause, even for the same legs, it raises `CauseConflict`: an answer as if this
    one had taken effect would be a lie. Else as `post_one`.
    """
    answer = post_one(move, now=now)
    if answer.outcome != "done":
        raise CauseConflict
    return answer


def _columns(moves: Sequence[Move]) -> list[list[Any]]:
    columns: list[list[Any]] = [
        [move.merchant_id for move in moves],
        [str(move.kind) for move in moves],
        [move.currency for move in moves],
        [move.cause for move in moves],
        [move.fingerprint for move in moves],
        [move.actor for move in moves],
        [move.subject for move in moves],
        [move.refusal for move in moves],
    ]
    for place in range(MOST_LEGS):
        legs = [move.legs[place] if place < len(move.legs) else None for move in moves]
        columns.append([leg and leg.debit for leg in legs])
        columns.append([leg and leg.credit for leg in legs])
        columns.append([leg and leg.amount_minor for leg in legs])
    return columns


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
