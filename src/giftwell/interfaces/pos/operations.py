"""The six things a till can ask for.

How each becomes a row of a database function, and its answer an answer.

`redemption` publishes the functions; nothing else is executed here. A row that a single request fills is
the same row that a batch fills, so both doors are one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from giftwell.domain.redemption.fingerprint import differing_fields, fingerprint
from giftwell.domain.redemption.refusals import REFUSALS, KeyConflict
from giftwell.interfaces.pos import answers
from giftwell.interfaces.pos.settings import PosSettings
from giftwell.kit.codes import is_well_formed, normalize
from giftwell.kit.crypto import keyed_hash
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import UnknownId, parse_id
from giftwell.kit.money import UnknownCurrency, is_currency

type Row = tuple[Any, ...]

_MOST_AMOUNT = 2**63 - 1
_MOST_SECONDS = 2**31 - 1
_LONGER_THAN_ANY = 200  # of a reference: what is cut here is too long already
_NOWHERE = UUID(int=0)


class Asked(msgspec.Struct, frozen=True, gc=False):
    """Who asks, and under which key.

    `target` is the id that stands in the address or, in a batch, in the body.
    """

    merchant_id: UUID
    actor: str
    request_id: str
    key: str
    target: str
    settings: PosSettings


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of request: its function, its row, its answer.

    `print_at` is where the row holds the fingerprint, or -1 where nothing is remembered.
    """

    name: str
    sql: str
    status: int
    row: Callable[[Asked, Any], Row]
    answer: Callable[[Any], Any]
    print_at: int

    def judge(self, row: Row, record: Any) -> tuple[Any, bool]:
        """The answer and whether it is a replay; raises the refusal that the function gave."""
        outcome = record[1]
        if outcome == "done":
            return self.answer(record), False
        if outcome == "replayed":
            return self.answer(record), True
        if outcome == "conflict":
            differing = differing_fields(self.name, row[self.print_at], record[12])
            raise KeyConflict(errors=dict.fromkeys(differing, "differs from the first request"))
        raise refusal(outcome)


def refusal(outcome: str) -> DomainError:
    """The error that an outcome stands for."""
    return REFUSALS[outcome]()


def _code_hash(asked: Asked, text: str) -> bytes | None:
    # A code that cannot exist is looked up as none, so that it gets the answer of one that does not exist.
    code = normalize(text)
    return (
        keyed_hash(asked.settings.code_key, asked.merchant_id.bytes, code.encode())
        if is_well_formed(code)
        else None
    )


def _within(number: int, most: int) -> int:
    # What no column can hold is as wrong as zero; the function judges it like any other wrong number.
    return number if -most <= number <= most else 0


def _location(text: str | None) -> UUID | None:
    if text is None:
        return None
    try:
        return parse_id("loc", text)
    except UnknownId:
        return _NOWHERE


def _named(prefix: str, text: str) -> UUID:
    # An id that cannot exist becomes one that does not, so that the function gives the answer to both.
    try:
        return parse_id(prefix, text)
    except UnknownId:
        return _NOWHERE


def _spend(asked: Asked, body: Any, operation: str, extra: dict[str, object]) -> Row:
    if not is_currency(body.currency):
        raise UnknownCurrency
    code_hash, location = _code_hash(asked, body.code), _location(body.location)
    mark = fingerprint(asked.settings.fingerprint_key, operation, {
        "code": code_hash, "amount_minor": body.amount_minor, "currency": body.currency, "location": location,
        "reference": body.reference, "allow_partial": body.allow_partial, **extra,
    })  # fmt: skip
    return (
        asked.merchant_id, code_hash, _within(body.amount_minor, _MOST_AMOUNT), body.currency, asked.key,
        mark, body.allow_partial, location, body.reference[:_LONGER_THAN_ANY], asked.actor, asked.request_id,
    )  # fmt: skip


def _redeem(asked: Asked, body: Any) -> Row:
    return _spend(asked, body, "redeem", {})


def _authorize(asked: Asked, body: Any) -> Row:
    seconds = body.expires_in_seconds
    row = _spend(asked, body, "authorize", {"expires_in_seconds": seconds})
    return (*row, _within(seconds, _MOST_SECONDS))


def _optional(amount: int | None) -> int | None:
    return None if amount is None else _within(amount, _MOST_AMOUNT)


def _capture(asked: Asked, body: Any) -> Row:
    authorization = _named("auth", asked.target)
    mark = fingerprint(asked.settings.fingerprint_key, "capture", {
        "authorization": authorization, "amount_minor": body.amount_minor,
    })  # fmt: skip
    return (
        asked.merchant_id, authorization, _optional(body.amount_minor), asked.key, mark,
        asked.actor, asked.request_id,
    )  # fmt: skip


def _void(asked: Asked, _body: Any) -> Row:
    authorization = _named("auth", asked.target)
    mark = fingerprint(asked.settings.fingerprint_key, "void", {"authorization": authorization})
    return asked.merchant_id, authorization, asked.key, mark, asked.actor, asked.request_id


def _refund(asked: Asked, body: Any) -> Row:
    redemption = _named("red", body.redemption)
    mark = fingerprint(asked.settings.fingerprint_key, "refund", {
        "redemption": redemption, "amount_minor": body.amount_minor,
    })  # fmt: skip
    return (
        asked.merchant_id, redemption, _optional(body.amount_minor), asked.key, mark,
        asked.actor, asked.request_id,
    )  # fmt: skip


def _balance(asked: Asked, body: Any) -> Row:
    return asked.merchant_id, _code_hash(asked, body.code)


REDEEM = Operation(
    "redeem",
    "select * from redemption.redeem($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    201, _redeem, answers.redemption, 5,
)  # fmt: skip
AUTHORIZE = Operation(
    "authorize",
    "select * from redemption.authorize($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    201, _authorize, answers.authorization, 5,
)  # fmt: skip
CAPTURE = Operation(
    "capture",
    "select * from redemption.capture($1, $2, $3, $4, $5, $6, $7, $8)",
    200, _capture, answers.captured, 4,
)  # fmt: skip
VOID = Operation(
    "void",
    "select * from redemption.void($1, $2, $3, $4, $5, $6, $7)",
    200, _void, answers.voided, 3,
)  # fmt: skip
REFUND = Operation(
    "refund",
    "select * from redemption.refund($1, $2, $3, $4, $5, $6, $7, $8)",
    201, _refund, answers.refunded, 4,
)  # fmt: skip
BALANCE = Operation(
    "balance",
    "select * from redemption.balance($1, $2, $3)",
    200, _balance, answers.balance, -1,
)  # fmt: skip

OPERATIONS = {one.name: one for one in (REDEEM, AUTHORIZE, CAPTURE, VOID, REFUND, BALANCE)}
