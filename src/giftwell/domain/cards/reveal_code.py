"""Show a card's code to someone who may see it, and write down who looked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.codes import open_code
from giftwell.domain.cards.events import CodeRevealed
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card, Status
from giftwell.domain.cards.refusals import CardIsClosed, CardIsPending
from giftwell.domain.cards.seal_batch import is_any_sealed
from giftwell.foundation.events.record import record_many
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class BatchIsSealed(Refused):
    """The card came by bulk and its batch is not whole yet: what may still be undone has no code to show."""

    code = "batch_is_sealed"
    detail = "The batch of this card is not complete yet. Its codes can be seen when it is."


def reveal_code(*, merchant_id: UUID, card_id: UUID, actor: Actor, now: datetime) -> str:
    """The plain code of one card, 17 characters; show it by `kit.codes.display`.

    Raises `CardNotFound`, `CardIsPending` (it has no code before it is paid), `CardIsClosed`,
    `BatchIsSealed`.
    """
    return reveal_codes(merchant_id=merchant_id, card_ids=[card_id], actor=actor, now=now)[card_id]


def reveal_codes(
    *, merchant_id: UUID, card_ids: Sequence[UUID], actor: Actor, now: datetime
) -> dict[UUID, str]:
    """The plain codes of several cards by id: all of them or, where one has none to show, an error and none.

    Raises as `reveal_code` does.
    """
    with scope.merchant(merchant_id), transaction():
        cards = list(Card.objects.filter(merchant_id=merchant_id, id__in=card_ids).order_by("pk"))
        if len(cards) != len(set(card_ids)):
            raise CardNotFound
        if is_any_sealed(merchant_id, {card.batch_id for card in cards if card.batch_id}):
            raise BatchIsSealed
        found = {card.id: _open(card) for card in cards}
        looked = [CodeRevealed(merchant_id=merchant_id, subject=card.public_id) for card in cards]
        record_many(looked, actor=actor, at=now)
    return found


def _open(card: Card) -> str:
    if card.status == Status.CLOSED:
        raise CardIsClosed
    if card.status == Status.PENDING or card.code_encrypted is None:
        raise CardIsPending
    return open_code(card.id, bytes(card.code_encrypted))
