"""A holder's proof of what is on a card, to take away."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.pages import PageRequest, person_page
from giftwell.interfaces.common.proofs import proof_file
from giftwell.kit.ids import parse_id


@require_safe
@person_page
def proof(request: PageRequest, card_id: str) -> HttpResponse:
    """The proof of a card that this person keeps; anybody else's card is not found."""
    with reading():
        card = Card.objects.filter(pk=parse_id(Card.PREFIX, card_id), holder_id=request.user.pk).first()
    if card is None:
        raise CardNotFound
    return proof_file(
        request,
        merchant_id=card.merchant_id,
        account_id=card.account_id,
        card_id=card.public_id,
        last4=card.last4,
    )
