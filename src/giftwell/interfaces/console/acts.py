"""What can be done with a card as it stands, by somebody in this role: the links on its page."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from giftwell.domain.cards.models import Card, FreezeReason, Status
from giftwell.domain.cards.moving import is_over
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.pages import PageRequest


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do, and the page that asks how."""

    word: str
    symbol: str
    href: str


def acts_of(request: PageRequest, card: Card, frozen_by: set[str], at: datetime) -> list[Act]:
    """The acts that this card is open to, `frozen_by` being the reasons that hold it."""
    if is_over(card, at):
        return []
    wanted: list[tuple[str, str, str, Permission, bool]] = [
        (_("Load"), "plus", "card_load", Permission.CARDS_LOAD, not card.program.needs_payment),
        (_("Move value"), "arrow", "card_transfer", Permission.CARDS_TRANSFER, True),
        (_("Merge"), "cards", "card_merge", Permission.CARDS_TRANSFER, True),
        (_("Split"), "share", "card_split", Permission.CARDS_TRANSFER, True),
    ]
    acts = [
        (word, symbol, name)
        for word, symbol, name, permission, is_open in wanted
        if card.status == Status.ACTIVE and is_open and permission in request.permissions
    ]
    if can_be_replaced(card, frozen_by) and Permission.CARDS_REPLACE in request.permissions:
        acts.append((_("Replace a lost card"), "again", "card_replace"))
    slug = request.merchant.slug
    return [
        Act(word, symbol, reverse(f"console:{name}", args=[slug, card.public_id]))
        for word, symbol, name in acts
    ]


def can_be_replaced(card: Card, frozen_by: set[str]) -> bool:
    """Whether nothing but its holder's own freeze holds the card."""
    if card.status == Status.FROZEN:
        return frozen_by <= {FreezeReason.HOLDER}
    return card.status == Status.ACTIVE
