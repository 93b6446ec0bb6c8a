"""The steps of placing an order that concern one card: what is on the shelf, what it costs, and its pending
card.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.prepare_card import prepare_card
from giftwell.domain.catalog.models import Design, Product
from giftwell.domain.catalog.pricing import Offer, Price, price_of
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.domain.orders.wishes import OrderIsInvalid, Wish
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound
from giftwell.kit.ids import new_id
from giftwell.kit.money import CurrencyMismatch


class NotForSale(NotFound):
    """No such product on this merchant's shelf: unknown, another merchant's, a draft, or the shop is
    closed.
    """

    code = "product_not_for_sale"
    detail = "This product is not for sale."


def load_offers(merchant_id: UUID, wishes: Sequence[Wish]) -> dict[UUID, Product]:
    """The products that are wished for, by id. Raises NotForSale where one is not on the shelf.

    A card that is given away has no price to pay here.
    """
    wanted = {wish.product_id for wish in wishes}
    shelf = Product.objects.published().filter(merchant_id=merchant_id, pk__in=wanted)
    products = {product.pk: product for product in shelf.select_related("program").prefetch_related("values")}
    if set(products) != wanted or not all(product.program.is_sold for product in products.values()):
        raise NotForSale
    return products


def price_wish(product: Product, wish: Wish) -> Price:
    """What the card costs, by the product alone. Raises CurrencyMismatch, ValueIsNotOffered."""
    program = product.program
    if wish.value.currency != program.currency:
        raise CurrencyMismatch(errors={"currency": f"This product is sold in {program.currency}."})
    offer = Offer(
        currency=program.currency,
        values=[(value.value_minor, value.price_minor) for value in product.values.all()],
        min_value_minor=product.min_value_minor,
        max_value_minor=product.max_value_minor,
        fee_minor=program.buyer_fee_minor,
    )
    return price_of(offer, wish.value.amount_minor)


def add_line(
    order: Order, position: int, product: Product, wish: Wish, price: Price, *, actor: Actor, now: datetime
) -> OrderLine:
    """Write one line and the pending card it will sell. Part of the transaction that places the order."""
    line_id = new_id()
    design = _design(order.merchant_id, wish.design_id)
    card = prepare_card(
        program=product.program,
        value_minor=price.value_minor,
        order_line_id=line_id,
        product=product,
        design=design,
        actor=actor,
        now=now,
    )
    return OrderLine.objects.create(
        id=line_id,
        merchant_id=order.merchant_id,
        order=order,
        position=position,
        product=product,
        design=design,
        card=card,
        currency=order.currency,
        value_minor=price.value_minor,
        price_minor=price.price_minor,
        discount_minor=price.discount_minor,
        fee_minor=price.fee_minor,
        recipient_name=wish.recipient_name,
        recipient_email=wish.recipient_email,
        sender_name=wish.sender_name,
        message=wish.message,
    )


def _design(merchant_id: UUID, design_id: UUID | None) -> Design | None:
    """The design asked for, or the shop's first one. Another merchant's is as unknown as one that does not
    exist.
    """
    mine = Design.objects.filter(merchant_id=merchant_id)
    if design_id is None:
        return mine.first()
    design = mine.filter(pk=design_id).first()
    if design is None:
        raise OrderIsInvalid(errors={"design": "This shop has no such design."})
    return design
