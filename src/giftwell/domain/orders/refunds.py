"""How unspent value splits between the payer and the merchant's discount. Pure."""

from dataclasses import dataclass
from typing import Protocol

from giftwell.kit.errors import Invalid, Refused
from giftwell.kit.money import Money


class RefundExceedsUnspent(Refused):
    """More was asked back than is left on the card and free of holds."""

    code = "refund_exceeds_unspent"
    detail = "That is more than is left on the card."


class NothingToRefund(Refused):
    """What is left on the card is the merchant's discount: the payer has spent what they paid."""

    code = "nothing_to_refund"
    detail = "What was paid for this card has been spent."


class RefundIsInvalid(Invalid):
    """An amount of zero or less."""

    code = "amount_invalid"
    detail = "The amount must be above zero."


class Sold(Protocol):
    """The figures of a sold card, in minor units."""

    value_minor: int
    discount_minor: int
    refunded_value_minor: int
    refunded_discount_minor: int


@dataclass(frozen=True, slots=True)
class Split:
    """Value that leaves the card = the merchant's discount + the payer's money."""

    discount_minor: int
    amount_minor: int

    @property
    def value_minor(self) -> int:
        """What leaves the card."""
        return self.discount_minor + self.amount_minor

    def money(self, currency: str) -> Money:
        """What goes to the payer."""
        return Money(self.amount_minor, currency)


def split(sold: Sold, available_minor: int, asked_minor: int | None) -> Split:
    """Split `asked_minor` (null: all that is unspent) of a card: the discount goes back first.

    So a card of 50 bought for 45, of which 10 is spent, gives the payer 35. What came onto the card otherwise
    is not this sale's to give back. Raises RefundIsInvalid, RefundExceedsUnspent, NothingToRefund.
    """
    if asked_minor is not None and asked_minor < 1:
        raise RefundIsInvalid(errors={"amount_minor": RefundIsInvalid.detail})
    unspent_minor = min(available_minor, sold.value_minor - sold.refunded_value_minor)
    value = unspent_minor if asked_minor is None else asked_minor
    if value > unspent_minor:
        raise RefundExceedsUnspent
    discount = min(sold.discount_minor - sold.refunded_discount_minor, value)
    if value - discount < 1:
        raise NothingToRefund
    return Split(discount_minor=discount, amount_minor=value - discount)
