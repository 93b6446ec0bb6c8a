"""Two doors to the same money, asked alike.

The point of sale over HTTP, and the verbs that pages and REST call.

A step names an operation, a card or an earlier step, and a key; each door answers it in the same few
words, so that two runs of one table can be compared.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from giftwell.domain.redemption.authorize import authorize
from giftwell.domain.redemption.capture import capture
from giftwell.domain.redemption.check_balance import check_balance
from giftwell.domain.redemption.reauthorize import reauthorize
from giftwell.domain.redemption.redeem import redeem
from giftwell.domain.redemption.refund import refund
from giftwell.domain.redemption.reverse import reverse
from giftwell.domain.redemption.unlinked_refund import unlinked_refund
from giftwell.domain.redemption.void import void
from giftwell.foundation.tenancy.models import Merchant
from giftwell.interfaces.common.problems import status_of
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money
from tests.database import OwnDatabase
from tests.interfaces.pos.tills import Till, at_the_till

TILL = Actor.command("tests-till")


@dataclass(frozen=True, slots=True)
class Step:
    """One request. `card` names a code of the shop, `of` an earlier step by its place."""

    operation: str
    card: str = ""
    amount: int | None = None
    key: str = "k1"
    currency: str = "EUR"
    of: int | None = None
    location: str | None = None
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What a door answered, without what differs from run to run (ids and times)."""

    outcome: str
    status: int
    fields: tuple[str, ...] = ()
    amount: int | None = None
    balance: int | None = None
    available: int | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Shop:
    """What a table of steps is played in: a merchant, codes and locations by name."""

    merchant: Merchant
    codes: dict[str, str]
    locations: dict[str, UUID]


def through_verbs(shop: Shop, steps: list[Step]) -> list[Said]:
    """Play the steps through the domain's verbs."""
    said: list[Said] = []
    ids: list[UUID | None] = []
    for step in steps:
        try:
            answer = _verb(shop, step, ids)
        except DomainError as error:
            ids.append(None)
            said.append(Said(error.code, status_of(error), tuple(sorted(error.errors))))
        else:
            ids.append(getattr(answer, "id", None))
            status = 200 if step.operation in ("capture", "void", "balance", "reverse") else 201
            said.append(
                Said(
                    "done", status, (), _minor(getattr(answer, "amount", answer.balance)),
                    _minor(answer.balance), _minor(answer.available), getattr(answer, "replayed", False),
                )
            )  # fmt: skip
    return said


def _minor(sum_of_money: Money | None) -> int | None:
    return None if sum_of_money is None else sum_of_money.amount_minor


def _verb(shop: Shop, step: Step, ids: list[UUID | None]) -> Any:
    merchant_id, moment = shop.merchant.id, now()
    common: dict[str, Any] = {"merchant_id": merchant_id, "key": step.key, "actor": TILL, "now": moment}
    target = (ids[step.of] if step.of is not None else None) or UUID(int=7)
    match step.operation:
        case "balance":
            return check_balance(merchant_id=merchant_id, code=shop.codes[step.card], now=moment)
        case "redeem" | "authorize":
            verb = redeem if step.operation == "redeem" else authorize
            return verb(
                code=shop.codes[step.card], amount=Money(step.amount or 0, step.currency),
                location_id=shop.locations[step.location] if step.location else None, **step.more, **common,
            )  # fmt: skip
        case "capture" | "reauthorize":
            verb = capture if step.operation == "capture" else reauthorize
            return verb(authorization_id=target, amount_minor=step.amount, **step.more, **common)
        case "unlinked_refund":
            return unlinked_refund(
                code=shop.codes[step.card],
                amount=Money(step.amount or 0, step.currency),
                **step.more,
                **common,
            )  # fmt: skip
        case "reverse":
            return reverse(**common)
        case "void":
            return void(authorization_id=target, **common)
        case _:
            return refund(redemption_id=target, amount_minor=step.amount, **common)


def through_http(database: OwnDatabase, plays: list[tuple[Shop, list[Step]]]) -> list[list[Said]]:
    """Play each list of steps through single requests to the point of sale, at one merchant's till."""

    async def one(till: Till, shop: Shop, step: Step, ids: list[str | None]) -> tuple[Said, str | None]:
        path, body = _request(shop, step, ids)
        answer = await till.post(path, body, key=None if step.operation == "reverse" else step.key)
        is_replay = answer.headers.get("idempotent-replayed") == "true"
        return _said(answer.status_code, answer.json(), is_replay), answer.json().get("id")

    return _play(database, plays, one)


def through_batches(database: OwnDatabase, plays: list[tuple[Shop, list[Step]]]) -> list[list[Said]]:
    """The same through batches of one operation, since later steps name the ids of earlier ones."""

    async def one(till: Till, shop: Shop, step: Step, ids: list[str | None]) -> tuple[Said, str | None]:
        answer = await till.post("batch", {"operations": [operation(shop, step, ids)]}, key=None)
        (result,) = answer.json()["results"]
        body = result.get("answer") or result["problem"]
        return _said(result["status"], body, result.get("replayed", False)), body.get("id")

    return _play(database, plays, one)


def _play(
    database: OwnDatabase,
    plays: list[tuple[Shop, list[Step]]],
    one: Callable[[Till, Shop, Step, list[str | None]], Awaitable[tuple[Said, str | None]]],
) -> list[list[Said]]:
    async def story(till: Till) -> list[list[Said]]:
        told: list[list[Said]] = []
        for shop, steps in plays:
            said: list[Said] = []
            ids: list[str | None] = []
            for step in steps:
                words, identity = await one(till, shop, step, ids)
                said.append(words)
                ids.append(identity)
            told.append(said)
        return told

    return at_the_till(database, plays[0][0].merchant, story)


def _request(shop: Shop, step: Step, ids: list[str | None]) -> tuple[str, dict[str, Any]]:
    amount = {} if step.amount is None else {"amount_minor": step.amount}
    match step.operation:
        case "balance":
            return "balance", {"code": shop.codes[step.card]}
        case "reverse":
            return "reversals", {"idempotency_key": step.key}
        case "redeem" | "authorize" | "unlinked_refund":
            where = {"location": public_id("loc", shop.locations[step.location])} if step.location else {}
            body = {
                "code": shop.codes[step.card],
                "amount_minor": step.amount or 0,
                "currency": step.currency,
            }
            paths = {"redeem": "redemptions", "authorize": "authorizations"}
            return paths.get(step.operation, "unlinked-refunds"), {**body, **where, **step.more}
        case "capture" | "void" | "reauthorize":
            target = (ids[step.of] if step.of is not None else None) or public_id("auth", UUID(int=7))
            return f"authorizations/{target}/{step.operation}", {**amount, **step.more}
        case _:
            target = (ids[step.of] if step.of is not None else None) or public_id("red", UUID(int=7))
            return "refunds", {"redemption": target, **amount}


def operation(shop: Shop, step: Step, ids: list[str | None]) -> dict[str, Any]:
    """The step as an operation of a batch."""
    path, body = _request(shop, step, ids)
    key = {} if step.operation == "balance" else {"idempotency_key": step.key}
    of = {"authorization": path.split("/")[1]} if path.startswith("authorizations/") else {}
    return {"operation": step.operation, **key, **of, **body}


def _said(status: int, body: dict[str, Any], replayed: bool) -> Said:
    if "code" in body:
        return Said(body["code"], status, tuple(sorted(body["errors"])))
    amounts = ("amount_minor", "held_minor", "released_minor", "balance_minor")
    amount = next(body[name] for name in amounts if name in body)
    assert body.get("due_minor", 0) >= 0
    return Said("done", status, (), amount, body["balance_minor"], body["available_minor"], replayed)


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Check that this is the problem document of that refusal; gives it back."""
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body.get("code")) == (status, code), body
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert body["status"] == status
    assert body["type"] == f"urn:giftwell:problem:{code}"
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == answer.headers["x-request-id"]
    return body
