"""Amounts in the desk's forms: the field that reads one, and how it is written into one again."""

from giftwell.interfaces.common.amounts import AmountField
from giftwell.kit.money import Money, format_plain

__all__ = ["AmountField", "written"]


def written(minor: int | None, currency: str) -> str:
    """Minor units as such a field shows them."""
    return "" if minor is None else format_plain(Money(minor, currency))
