"""The till's verbs: one row through the Python verb, many through the functions as the point of sale calls
them.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from giftwell.domain.redemption import answers
from giftwell.domain.redemption.authorize import authorize
from giftwell.domain.redemption.capture import capture
from giftwell.domain.redemption.check_balance import check_balance
from giftwell.domain.redemption.reauthorize import reauthorize
from giftwell.domain.redemption.redeem import redeem
from giftwell.domain.redemption.refund import refund
from giftwell.domain.redemption.reverse import reverse
from giftwell.domain.redemption.void import void
from giftwell.kit.money import Money
from tests.laws.simulator.calls.told import Told, told_by
from tests.laws.simulator.oracle.facts import Command
from tests.laws.simulator.world import ACTOR, World

_SPEND = ["uuid", "bytea", "bigint", "text", "text", "bytea", "boolean", "uuid", "text", "text", "text"]
_COLUMNS = {
    "redeem": _SPEND,
    "authorize": [*_SPEND, "integer"],
    "capture": ["uuid", "uuid", "bigint", "text", "bytea", "text", "text"],
    "void": ["uuid", "uuid", "text", "bytea", "text", "text"],
    "refund": ["uuid", "uuid", "bigint", "text", "bytea", "text", "text"],
}
# Arrays behind the instant, by their fields.
_MORE = {"capture": {"tip_minor": "bigint", "final": "boolean"}}
_ENDS = (str(ACTOR), "req")


def _real(world: World, command: Command) -> dict[str, Any]:
    """The fields of a command with the ids behind its handles."""
    fields: dict[str, Any] = dict(command.fields)
    for name, kind in (("authorization", "hold"), ("redemption", "red")):
        if name in fields:
            fields[name] = world.id_of(kind, fields[name])
    if "code" in fields:
        fields["code"] = world.hash_of(command.merchant, fields["code"])
    return fields


def _row(world: World, command: Command) -> list[Any]:
    fields = _real(world, command)
    merchant = world.grounds[command.merchant].id
    mark = answers.fingerprint_of(command.verb, {"location": None, "reference": "", **fields})
    match command.verb:
        case "redeem" | "authorize":
            row = [
                merchant, fields["code"], fields["amount_minor"], fields["currency"], command.key, mark,
                fields["allow_partial"], None, "", *_ENDS,
            ]  # fmt: skip
            return row if command.verb == "redeem" else [*row, fields["expires_in_seconds"]]
        case "void":
            return [merchant, fields["authorization"], command.key, mark, *_ENDS]
        case "capture":
            return [merchant, fields["authorization"], fields["amount_minor"], command.key, mark, *_ENDS]
        case _:
            return [merchant, fields["redemption"], fields["amount_minor"], command.key, mark, *_ENDS]


def batch(world: World, commands: Sequence[Command], at: datetime) -> list[Told]:
    """Rows of one verb, whoever's they are, in one call."""
    verb = commands[0].verb
    columns = [list(column) for column in zip(*(_row(world, one) for one in commands), strict=True)]
    places = [f"%s::{kind}[]" for kind in _COLUMNS[verb]] + ["%s"]
    values = [*columns, at]
    for name, kind in _MORE.get(verb, {}).items():
        places.append(f"%s::{kind}[]")
        values.append([command.fields[name] for command in commands])
    with connection.cursor() as cursor:
        cursor.execute(f"select * from redemption.{verb}({', '.join(places)})", values)
        rows = cursor.fetchall()
    assert [row[0] for row in rows] == list(range(1, len(commands) + 1))
    return [Told(row[1], *row[3:6], ids=_ids(verb, row[2], row[7], row[13:])) for row in rows]


def _ids(verb: str, made: UUID, card: UUID, instead_of: Sequence[UUID | None]) -> tuple[UUID, ...]:
    """What a client learns of: of a refund the card that took it, where it is not the one that paid."""
    if verb == "refund":
        return (card,) if instead_of and instead_of[0] else ()
    return () if verb == "void" else (made,)


def _one(world: World, command: Command, at: datetime) -> Told:
    fields = _real(world, command)
    common = {
        "merchant_id": world.grounds[command.merchant].id, "key": command.key, "actor": ACTOR, "now": at,
        "request_id": "req",
    }  # fmt: skip
    match command.verb:
        case "redeem" | "authorize":
            spend: Callable[..., answers.Answer] = redeem if command.verb == "redeem" else authorize
            more = {"expires_in_seconds": fields["expires_in_seconds"]} if command.verb == "authorize" else {}
            answer = spend(
                code=world.code_of(command.fields["code"]),
                amount=Money(fields["amount_minor"], fields["currency"]),
                allow_partial=fields["allow_partial"], **common, **more,
            )  # fmt: skip
        case "capture":
            answer = capture(
                authorization_id=fields["authorization"], amount_minor=fields["amount_minor"],
                tip_minor=fields["tip_minor"], final=fields["final"], **common,
            )  # fmt: skip
        case "void":
            answer = void(authorization_id=fields["authorization"], **common)
        case "reauthorize":
            answer = reauthorize(
                authorization_id=fields["authorization"], amount_minor=fields["amount_minor"],
                expires_in_seconds=fields["expires_in_seconds"], **common,
            )  # fmt: skip
        case _:
            answer = refund(redemption_id=fields["redemption"], amount_minor=fields["amount_minor"], **common)
    figures = (answer.amount, answer.balance, answer.available)
    outcome = "replayed" if answer.replayed else "done"
    ids = _ids(command.verb, answer.id, answer.card_id, [answer.instead_of])
    return Told(outcome, *(money.amount_minor for money in figures), ids=ids)


def one(world: World, command: Command, at: datetime) -> Told:
    """One command through its Python verb."""
    return told_by(lambda: _one(world, command, at))


def look(world: World, command: Command, at: datetime) -> Told:
    """A balance."""

    def ask() -> Told:
        found = check_balance(
            merchant_id=world.grounds[command.merchant].id, code=world.code_of(command.fields["code"]), now=at
        )
        return Told(found.status, None, found.balance.amount_minor, found.available.amount_minor)

    return told_by(ask)


def undo(world: World, command: Command, at: datetime) -> Told:
    """A till whose answer never came."""

    def ask() -> Told:
        found = reverse(
            merchant_id=world.grounds[command.merchant].id, key=command.fields["key"], request_id="req",
            actor=ACTOR, now=at,
        )  # fmt: skip
        sums = [money and money.amount_minor for money in (found.amount, found.balance, found.available)]
        return Told("replayed" if found.replayed else "done", *sums)

    return told_by(ask)


CALLS = {
    "redeem": one, "authorize": one, "reauthorize": one, "capture": one, "void": one, "refund": one,
    "look": look, "reverse": undo,
}  # fmt: skip
