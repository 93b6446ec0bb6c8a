"""Gifts, as orders make them."""

from giftwell.domain.delivery.models import Gift
from giftwell.domain.orders.models import Order
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from tests.factories.orders import Shop, make_fulfilled_order


def make_gift(shop: Shop, *, recipient_email: str = "maja@example.com", message: str = "With love") -> Gift:
    """The gift of a fulfilled order of one card."""
    wish = shop.wish(
        recipient_name="Maja", recipient_email=recipient_email, sender_name="Tomas", message=message
    )
    return gifts_of(make_fulfilled_order(shop, wish))[0]


def gifts_of(order: Order) -> list[Gift]:
    """The gifts of an order, as they stand now."""
    with scope.merchant(order.merchant_id), reading():
        return list(Gift.objects.filter(order_id=order.id).order_by("made_at", "pk"))


def fresh_gift(gift: Gift) -> Gift:
    """The gift as it stands now."""
    with scope.merchant(gift.merchant_id), reading():
        return Gift.objects.get(pk=gift.pk)
