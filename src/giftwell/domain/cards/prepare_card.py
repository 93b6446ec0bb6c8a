"""Make the card that a line of an order will sell: pending, without value and without a code."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.events import CardIssued
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.refusals import ValueIsOutOfBounds
from giftwell.domain.catalog.models import Design, Product, Program
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid
from giftwell.kit.ids import new_id


class FaceIsForeign(Invalid):
    """Product or design belong to another merchant or program than the card would."""

    code = "face_is_foreign"
    detail = "That product or design does not belong to this program."


def prepare_card(
    *,
    program: Program,
    value_minor: int,
    order_line_id: UUID,
    actor: Actor,
    now: datetime,
    product: Product | None = None,
    design: Design | None = None,
    holder_id: UUID | None = None,
) -> Card:
    """Create the pending card of an order's line; a line that has one gets it back.

    Raises `ValueIsOutOfBounds`, `FaceIsForeign`.
    """
    check_face(program, value_minor, product, design)
    merchant_id = program.merchant_id
    with scope.merchant(merchant_id), transaction():
        known = Card.objects.filter(merchant_id=merchant_id, order_line_id=order_line_id).first()
        if known is not None:
            return known
        card_id = new_id()
        (account_id,) = open_accounts(
            [
                AccountSpec(
                    merchant_id=merchant_id, kind="card", currency=program.currency, subject=str(card_id)
                )
            ]
        )
        card = Card.objects.create(
            id=card_id,
            merchant_id=merchant_id,
            program=program,
            product=product,
            design=design,
            account_id=account_id,
            currency=program.currency,
            face_value_minor=value_minor,
            order_line_id=order_line_id,
            holder_id=holder_id,
            issued_at=now,
        )
        record(issued(card, program), actor=actor, at=now)
    return card


def check_face(program: Program, value_minor: int, product: Product | None, design: Design | None) -> None:
    """Raise `ValueIsOutOfBounds` or `FaceIsForeign` where the program has no such card."""
    if not program.min_value_minor <= value_minor <= program.max_value_minor:
        raise ValueIsOutOfBounds(errors={"value_minor": ValueIsOutOfBounds.detail})
    if product is not None and product.program_id != program.id:
        raise FaceIsForeign
    if design is not None and design.merchant_id != program.merchant_id:
        raise FaceIsForeign


def issued(card: Card, program: Program) -> CardIssued:
    """The event of a card that exists now."""
    return CardIssued(
        merchant_id=card.merchant_id,
        subject=card.public_id,
        program=program.public_id,
        amount_minor=card.face_value_minor,
        currency=card.currency,
    )
