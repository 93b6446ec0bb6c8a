"""The link by which a buyer reaches an order without an account, and the finder behind it."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection

from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.errors import NotFound
from giftwell.kit.links import link_hash, link_token, looks_like_token

PURPOSE = "order"
_FIND = "select merchant_id, order_id from orders.find_order(%s)"


class UnknownOrder(NotFound):
    """No order, or not this caller's."""

    code = "unknown_order"
    detail = "There is no such order."


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """Whose order it is, and which; nothing else leaves the finder."""

    merchant_id: UUID
    order_id: UUID


def order_token(order_id: UUID) -> str:
    """The token in the order's address. Whoever has it sees the order: it goes to its buyer only."""
    return link_token(settings.LOOKUP_KEYS["token"], PURPOSE, order_id)


def order_token_hash(token: str) -> bytes:
    """What the order keeps of its token."""
    return link_hash(settings.LOOKUP_KEYS["token"], PURPOSE, token)


def order_link(order_id: UUID) -> str:
    """The whole address, for mails and for the way back from a payment page."""
    return f"{settings.BASE_URL}/orders/{order_token(order_id)}/"


def find_order(*, token: str) -> FoundOrder:
    """The order behind a link. Works in any scope; raises UnknownOrder, the same for a wrong token and an odd
    one.
    """
    if not looks_like_token(token):
        raise UnknownOrder
    with reading(), connection.cursor() as cursor:
        cursor.execute(_FIND, [order_token_hash(token)])
        row = cursor.fetchone()
    if row is None:
        raise UnknownOrder
    return FoundOrder(merchant_id=row[0], order_id=row[1])
