"""How a till's body becomes a row of a database function: values, bounds, and the fingerprint of the request.

A row that a single request fills is the same row that a batch fills, so both doors are one.
"""

from typing import Any
from uuid import UUID

import msgspec

from giftwell.domain.redemption.fingerprint import fingerprint
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.entrance import MissingScope, idempotency_key
from giftwell.interfaces.pos.settings import PosSettings
from giftwell.kit.code_hash import code_hash
from giftwell.kit.codes import last4, new_code
from giftwell.kit.crypto import encrypt, keyed_hash
from giftwell.kit.ids import UnknownId, new_id, parse_id
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
    scopes: frozenset[str] = frozenset()


def _code_hash(asked: Asked, text: str) -> bytes | None:
    # A code that cannot exist is looked up as none, so that it gets the answer of one that does not exist.
    return code_hash(asked.settings.code_key, asked.merchant_id, text)


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
    hashed, location = _code_hash(asked, body.code), _location(body.location)
    mark = fingerprint(asked.settings.fingerprint_key, operation, {
        "code": hashed, "amount_minor": body.amount_minor, "currency": body.currency, "location": location,
        "reference": body.reference, "allow_partial": body.allow_partial, **extra,
    })  # fmt: skip
    return (
        asked.merchant_id, hashed, _within(body.amount_minor, _MOST_AMOUNT), body.currency, asked.key,
        mark, body.allow_partial, location, body.reference[:_LONGER_THAN_ANY], asked.actor, asked.request_id,
    )  # fmt: skip


def redeem(asked: Asked, body: Any) -> Row:
    """The row of a redemption."""
    return _spend(asked, body, "redeem", {})


def authorize(asked: Asked, body: Any) -> Row:
    """The row of an authorization."""
    seconds = body.expires_in_seconds
    row = _spend(asked, body, "authorize", {"expires_in_seconds": seconds})
    return (*row, _within(seconds, _MOST_SECONDS))


def _optional(amount: int | None) -> int | None:
    return None if amount is None else _within(amount, _MOST_AMOUNT)


def capture(asked: Asked, body: Any) -> Row:
    """The row of a capture."""
    authorization = _named("auth", asked.target)
    mark = fingerprint(asked.settings.fingerprint_key, "capture", {
        "authorization": authorization, "amount_minor": body.amount_minor, "tip_minor": body.tip_minor,
        "final": body.final,
    })  # fmt: skip
    # A tip that no column can hold is as wrong as one below zero.
    tip = body.tip_minor if abs(body.tip_minor) <= _MOST_AMOUNT else -1
    return (
        asked.merchant_id, authorization, _optional(body.amount_minor), asked.key, mark,
        asked.actor, asked.request_id, tip, body.final,
    )  # fmt: skip


def reauthorize(asked: Asked, body: Any) -> Row:
    """The row of an authorization that replaces another."""
    authorization, seconds = _named("auth", asked.target), body.expires_in_seconds
    mark = fingerprint(asked.settings.fingerprint_key, "reauthorize", {
        "authorization": authorization, "amount_minor": body.amount_minor, "expires_in_seconds": seconds,
    })  # fmt: skip
    return (
        asked.merchant_id, authorization, _optional(body.amount_minor), asked.key, mark,
        asked.actor, asked.request_id, _within(seconds, _MOST_SECONDS),
    )  # fmt: skip


def void(asked: Asked, _body: Any) -> Row:
    """The row of a void."""
    authorization = _named("auth", asked.target)
    mark = fingerprint(asked.settings.fingerprint_key, "void", {"authorization": authorization})
    return asked.merchant_id, authorization, asked.key, mark, asked.actor, asked.request_id


def refund(asked: Asked, body: Any) -> Row:
    """The row of a refund."""
    redemption = _named("red", body.redemption)
    mark = fingerprint(asked.settings.fingerprint_key, "refund", {
        "redemption": redemption, "amount_minor": body.amount_minor,
    })  # fmt: skip
    return (
        asked.merchant_id, redemption, _optional(body.amount_minor), asked.key, mark,
        asked.actor, asked.request_id, *_fresh_card(asked),
    )  # fmt: skip


def _fresh_card(asked: Asked) -> Row:
    # A card's id and code, made beforehand for the one case in which a refund opens a card: the database
    # has no key to encrypt a code. As domain.cards.codes makes them.
    card_id, code = new_id(), new_code()
    return (
        card_id,
        keyed_hash(asked.settings.code_key, asked.merchant_id.bytes, code.encode()),
        encrypt(asked.settings.code_keys, code.encode(), card_id.bytes),
        last4(code),
    )


def unlinked_refund(asked: Asked, body: Any) -> Row:
    """The row of a refund without a redemption. Raises MissingScope for a key that may not make one."""
    if ApiScope.REFUNDS_UNLINKED not in asked.scopes:
        raise MissingScope
    if not is_currency(body.currency):
        raise UnknownCurrency
    hashed, location = _code_hash(asked, body.code), _location(body.location)
    mark = fingerprint(asked.settings.fingerprint_key, "unlinked_refund", {
        "code": hashed, "card": None, "amount_minor": body.amount_minor, "currency": body.currency,
        "location": location, "reference": body.reference,
    })  # fmt: skip
    return (
        asked.merchant_id, hashed, None, _within(body.amount_minor, _MOST_AMOUNT), body.currency, asked.key,
        mark, location, body.reference[:_LONGER_THAN_ANY], asked.actor, asked.request_id,
    )  # fmt: skip


def reverse(asked: Asked, body: Any) -> Row:
    """The row of a reversal; raises IdempotencyKeyInvalid for what was never a key."""
    key = idempotency_key(body.idempotency_key)
    # What the keys of other requests, such as loads, are found by: as foundation.idempotency.once has it.
    hashed = keyed_hash(asked.settings.fingerprint_key, b"idempotency", asked.merchant_id.bytes, key.encode())
    return asked.merchant_id, key, hashed, asked.actor, asked.request_id


def balance(asked: Asked, body: Any) -> Row:
    """The row of a look at a balance."""
    return asked.merchant_id, _code_hash(asked, body.code)
