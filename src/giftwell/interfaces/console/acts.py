"""What can be done with a card as it stands, by somebody in this role: the links on its page."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from giftwell.domain.cards.models import Card, CloseReason, FreezeReason, Status
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
    has_ended = card.status == Status.CLOSED or is_over(card, at)
    acts = _of_ended(card) if has_ended else [*_of_value(card), *_of_living(card, frozen_by)]
    slug = request.merchant.slug
    return [
        Act(word, symbol, reverse(f"console:{name}", args=[slug, card.public_id]))
        for word, symbol, name, needs in acts
        if needs in request.permissions
    ]


def _of_value(card: Card) -> list[tuple[str, str, str, Permission]]:
    if card.status != Status.ACTIVE:
        return []
    acts = [
        (_("Move value"), "arrow", "card_transfer", Permission.CARDS_TRANSFER),
        (_("Merge"), "cards", "card_merge", Permission.CARDS_TRANSFER),
        (_("Split"), "share", "card_split", Permission.CARDS_TRANSFER),
    ]
    load = (_("Load"), "plus", "card_load", Permission.CARDS_LOAD)
    return acts if card.program.needs_payment else [load, *acts]


def _of_living(card: Card, frozen_by: set[str]) -> list[tuple[str, str, str, Permission]]:
    acts = []
    if card.status in {Status.ACTIVE, Status.FROZEN}:
        acts.append((_("Adjust"), "pencil", "card_adjust", Permission.CARDS_ADJUST))
    if can_be_replaced(card, frozen_by):
        acts.append((_("Replace a lost card"), "again", "card_replace", Permission.CARDS_REPLACE))
    return acts


def _of_ended(card: Card) -> list[tuple[str, str, str, Permission]]:
    """What is left to do once its time is over: write that down, or take it back."""
    if card.status in {Status.ACTIVE, Status.FROZEN}:
        return [(_("Expire now"), "clock", "card_expire", Permission.CARDS_EXPIRE)]
    if card.close_reason == CloseReason.EXPIRED:
        return [(_("Reinstate"), "sun", "card_reinstate", Permission.CARDS_EXPIRE)]
    return []


def can_be_replaced(card: Card, frozen_by: set[str]) -> bool:
    """Whether nothing but its holder's own freeze holds the card."""
    if card.status == Status.FROZEN:
        return frozen_by <= {FreezeReason.HOLDER}
    return card.status == Status.ACTIVE
