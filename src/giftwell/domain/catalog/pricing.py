"""What a card costs. Pure, and the only place that decides it: a price never comes from a client.

A listed value has the price beside it. Any other value inside a range costs what it is worth. The buyer's fee
of the program comes on top of either; it is the platform's and never part of the card.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from giftwell.kit.errors import Invalid


class ValueIsNotOffered(Invalid):
    """The product has no card of this value."""

    code = "value_is_not_offered"
    detail = "This product does not come in that value."


@dataclass(frozen=True, slots=True)
class Offer:
    """The facts of a product that its price follows from, in minor units of one currency."""

    currency: str
    values: Sequence[tuple[int, int]]
    min_value_minor: int | None = None
    max_value_minor: int | None = None
    fee_minor: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """What one card of a value costs: the discount is the merchant's gift, the fee is the platform's."""

    value_minor: int
    price_minor: int
    discount_minor: int
    fee_minor: int

    @property
    def total_minor(self) -> int:
        """What the buyer pays for one card."""
        return self.price_minor + self.fee_minor


def price_of(offer: Offer, value_minor: int) -> Price:
    """The price of a card of this value; raises `ValueIsNotOffered`."""
    price_minor = _listed(offer, value_minor)
    if price_minor is None and _in_range(offer, value_minor):
        price_minor = value_minor
    if price_minor is None:
        raise ValueIsNotOffered(errors={"value_minor": ValueIsNotOffered.detail})
    return Price(value_minor, price_minor, value_minor - price_minor, offer.fee_minor)


def _listed(offer: Offer, value_minor: int) -> int | None:
    return next((price for value, price in offer.values if value == value_minor), None)


def _in_range(offer: Offer, value_minor: int) -> bool:
    if offer.min_value_minor is None or offer.max_value_minor is None:
        return False
    return offer.min_value_minor <= value_minor <= offer.max_value_minor
