"""Public names that payments passes on without knowing what stands behind them."""

from uuid import UUID

from giftwell.kit.ids import public_id


def order_name(order_id: UUID) -> str:
    """The public id of the order a payment belongs to. Orders live a floor above; here it is a name, nothing
    more.
    """
    return public_id("ord", order_id)
