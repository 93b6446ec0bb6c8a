"""What the point of sale answers with, built from the rows that the database functions give back."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from giftwell.kit.ids import public_id


class CardRef(Struct, frozen=True, gc=False):
    """Which card it was, without its code."""

    id: str
    last4: str


class Redemption(Struct, frozen=True, gc=False, kw_only=True):
    """A redemption as it took effect."""

    id: str
    amount_minor: int
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef
    redeemed_at: datetime


class Captured(Redemption, frozen=True, gc=False, kw_only=True):
    """The redemption that a capture made."""

    authorization: str


class Authorization(Struct, frozen=True, gc=False, kw_only=True):
    """A hold as it was placed."""

    id: str
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
    """A refund as it took effect."""

    id: str
    redemption: str
    amount_minor: int
    balance_minor: int
    available_minor: int
    currency: str
    card: CardRef
    refunded_at: datetime


class CardBalance(Struct, frozen=True, gc=False, kw_only=True):
    """What a card holds now."""

    balance_minor: int
    available_minor: int
    currency: str
    status: str
    expires_at: datetime | None
    last4: str


# The builders below take apart what `redemption.answer` has, column by column, in its order.


def redemption(record: Any) -> Redemption:
    """The answer to a redemption."""
    _, _, identity, amount, balance, available, currency, card, last4, _, _, at, _ = record
    return Redemption(
        id=public_id("red", identity), amount_minor=amount, balance_minor=balance, available_minor=available,
        currency=currency, card=CardRef(public_id("card", card), last4), redeemed_at=at,
    )  # fmt: skip


def captured(record: Any) -> Captured:
    """The answer to a capture."""
    _, _, identity, amount, balance, available, currency, card, last4, of, _, at, _ = record
    return Captured(
        id=public_id("red", identity), amount_minor=amount, balance_minor=balance, available_minor=available,
        currency=currency, card=CardRef(public_id("card", card), last4), redeemed_at=at,
        authorization=public_id("auth", of),
    )  # fmt: skip


def authorization(record: Any) -> Authorization:
    """The answer to an authorization."""
    _, _, identity, amount, balance, available, currency, card, last4, _, expires_at, _, _ = record
    return Authorization(
        id=public_id("auth", identity), held_minor=amount, balance_minor=balance, available_minor=available,
        currency=currency, card=CardRef(public_id("card", card), last4), expires_at=expires_at,
    )  # fmt: skip


def voided(record: Any) -> Voided:
    """The answer to a void."""
    _, _, identity, amount, balance, available, currency, card, last4, _, _, at, _ = record
    return Voided(
        id=public_id("auth", identity), released_minor=amount, balance_minor=balance,
        available_minor=available, currency=currency, card=CardRef(public_id("card", card), last4),
        voided_at=at,
    )  # fmt: skip


def refunded(record: Any) -> Refunded:
    """The answer to a refund."""
    _, _, identity, amount, balance, available, currency, card, last4, of, _, at, _ = record
    return Refunded(
        id=public_id("ref", identity), redemption=public_id("red", of), amount_minor=amount,
        balance_minor=balance, available_minor=available, currency=currency,
        card=CardRef(public_id("card", card), last4), refunded_at=at,
    )  # fmt: skip


def balance(record: Any) -> CardBalance:
    """The answer to a balance request."""
    _, _, _, amount, available, currency, status, expires_at, last4 = record
    return CardBalance(
        balance_minor=amount, available_minor=available, currency=currency, status=status,
        expires_at=expires_at, last4=last4,
    )  # fmt: skip
