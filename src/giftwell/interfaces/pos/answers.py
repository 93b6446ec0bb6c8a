"""What the point of sale answers with, built from the rows that the database functions give back."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from giftwell.domain.redemption.operations import RESOURCES
from giftwell.kit.ids import public_id


class CardRef(Struct, frozen=True, gc=False):
    """Which card it was, without its code."""

    id: str
    last4: str


class Redemption(Struct, frozen=True, gc=False, kw_only=True):
    """A redemption as it took effect. `due_minor` is what is still to be paid another way."""

    id: str
    amount_minor: int
    due_minor: int
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef
    redeemed_at: datetime


class Captured(Struct, frozen=True, gc=False, kw_only=True):
    """The redemption that a capture made. The tip is part of its amount."""

    id: str
    amount_minor: int
    tip_minor: int
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef
    redeemed_at: datetime
    authorization: str


class Authorization(Struct, frozen=True, gc=False, kw_only=True):
    """A hold as it was placed. `due_minor` is what was asked for and could not be held."""

    id: str
    held_minor: int
    due_minor: int
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef
    expires_at: datetime


class Reauthorized(Struct, frozen=True, gc=False, kw_only=True):
    """A hold in the place of another, which is let go."""

    id: str
    replaces: str
    held_minor: int
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef
    expires_at: datetime


class Voided(Struct, frozen=True, gc=False, kw_only=True):
    """A hold as it was let go."""

    id: str
    released_minor: int
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef
    voided_at: datetime


class Refunded(Struct, frozen=True, gc=False, kw_only=True):
    """A refund as it took effect. `instead_of` is the card that paid, where it is closed and `card` carries
    it on.
    """

    id: str
    redemption: str
    amount_minor: int
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef
    instead_of: str | None
    refunded_at: datetime


class UnlinkedRefunded(Struct, frozen=True, gc=False, kw_only=True):
    """A refund without a redemption as it took effect."""

    id: str
    amount_minor: int
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef
    refunded_at: datetime


class Reversal(Struct, frozen=True, gc=False, kw_only=True):
    """What became of a key. `undone`: `id` is what it had made, and the figures are the card's after.
    `prevented`: it had done nothing, and its late request will be refused.
    """

    outcome: Literal["undone", "prevented"]
    operation: str | None
    id: str | None
    amount_minor: int | None
    balance_minor: int | None
    available_minor: int | None
    currency: str | None
    card: CardRef | None
    reversed_at: datetime


class CardBalance(Struct, frozen=True, gc=False, kw_only=True):
    """What a card holds now."""

    balance_minor: int
    available_minor: int
    currency: str
    status: str
    expires_at: datetime | None
    last4: str


# The builders below take apart what `redemption.answer` has, column by column, in its order; the row that was
# asked with holds what the caller wanted.


def redemption(record: Any, row: Any) -> Redemption:
    """The answer to a redemption."""
    _, _, identity, amount, balance, available, currency, card, last4, _, _, at, _ = record
    return Redemption(
        id=public_id("red", identity), amount_minor=amount, due_minor=row[2] - amount, balance_minor=balance,
        available_minor=available, currency=currency, card=CardRef(public_id("card", card), last4),
        redeemed_at=at,
    )  # fmt: skip


def captured(record: Any, row: Any) -> Captured:
    """The answer to a capture."""
    _, _, identity, amount, balance, available, currency, card, last4, of, _, at, _ = record
    return Captured(
        id=public_id("red", identity), amount_minor=amount, tip_minor=row[7], balance_minor=balance,
        available_minor=available, currency=currency, card=CardRef(public_id("card", card), last4),
        redeemed_at=at, authorization=public_id("auth", of),
    )  # fmt: skip


def authorization(record: Any, row: Any) -> Authorization:
    """The answer to an authorization."""
    _, _, identity, amount, balance, available, currency, card, last4, _, expires_at, _, _ = record
    return Authorization(
        id=public_id("auth", identity), held_minor=amount, due_minor=row[2] - amount, balance_minor=balance,
        available_minor=available, currency=currency, card=CardRef(public_id("card", card), last4),
        expires_at=expires_at,
    )  # fmt: skip


def reauthorized(record: Any, _row: Any) -> Reauthorized:
    """The answer to an authorization that replaces another."""
    _, _, identity, amount, balance, available, currency, card, last4, of, expires_at, _, _ = record
    return Reauthorized(
        id=public_id("auth", identity), replaces=public_id("auth", of), held_minor=amount,
        balance_minor=balance, available_minor=available, currency=currency,
        card=CardRef(public_id("card", card), last4), expires_at=expires_at,
    )  # fmt: skip


def voided(record: Any, _row: Any) -> Voided:
    """The answer to a void."""
    _, _, identity, amount, balance, available, currency, card, last4, _, _, at, _ = record
    return Voided(
        id=public_id("auth", identity), released_minor=amount, balance_minor=balance,
        available_minor=available, currency=currency, card=CardRef(public_id("card", card), last4),
        voided_at=at,
    )  # fmt: skip


def refunded(record: Any, _row: Any) -> Refunded:
    """The answer to a refund."""
    _, _, identity, amount, balance, available, currency, card, last4, of, _, at, _, instead_of = record
    return Refunded(
        id=public_id("ref", identity), redemption=public_id("red", of), amount_minor=amount,
        balance_minor=balance, available_minor=available, currency=currency,
        card=CardRef(public_id("card", card), last4),
        instead_of=public_id("card", instead_of) if instead_of else None, refunded_at=at,
    )  # fmt: skip


def unlinked_refund(record: Any, _row: Any) -> UnlinkedRefunded:
    """The answer to a refund without a redemption."""
    _, _, identity, amount, balance, available, currency, card, last4, _, _, at, _ = record
    return UnlinkedRefunded(
        id=public_id("ref", identity), amount_minor=amount, balance_minor=balance, available_minor=available,
        currency=currency, card=CardRef(public_id("card", card), last4), refunded_at=at,
    )  # fmt: skip


def reversal(record: Any, _row: Any) -> Reversal:
    """The answer to a reversal."""
    _, _, operation, identity, amount, balance, available, currency, card, last4, at = record
    if operation is None:
        return Reversal(
            outcome="prevented", operation=None, id=None, amount_minor=None, balance_minor=None,
            available_minor=None, currency=None, card=None, reversed_at=at,
        )  # fmt: skip
    return Reversal(
        outcome="undone", operation=operation, id=public_id(RESOURCES[operation], identity),
        amount_minor=amount, balance_minor=balance, available_minor=available, currency=currency,
        card=CardRef(public_id("card", card), last4), reversed_at=at,
    )  # fmt: skip


def balance(record: Any, _row: Any) -> CardBalance:
    """The answer to a balance request."""
    _, _, _, amount, available, currency, status, expires_at, last4 = record
    return CardBalance(
        balance_minor=amount, available_minor=available, currency=currency, status=status,
        expires_at=expires_at, last4=last4,
    )  # fmt: skip
