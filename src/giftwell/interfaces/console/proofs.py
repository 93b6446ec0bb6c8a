"""A merchant's proof of what is on one of its cards, to take away."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from giftwell.domain.cards.models import Card
from giftwell.domain.cards.queries import find_card
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.proofs import proof_file
from giftwell.interfaces.console.errors import id_or_404


@require_safe
@merchant_page(Permission.CARDS_VIEW)
def proof(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """The proof of one of the merchant's cards. Raises `CardNotFound`."""
    with reading():
        card = find_card(request.merchant.id, id_or_404(Card.PREFIX, card_id))
    return proof_file(
        request,
        merchant_id=card.merchant_id,
        account_id=card.account_id,
        card_id=card.public_id,
        last4=card.last4,
    )
