"""The tables of orders, one file a noun."""

from giftwell.domain.orders.models.line import OrderLine, OrderRefund
from giftwell.domain.orders.models.order import Order

__all__ = ["Order", "OrderLine", "OrderRefund"]
