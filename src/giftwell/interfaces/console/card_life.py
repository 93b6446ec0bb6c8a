"""A card corrected, ended when its time is over, and brought back: acts that ask before they do."""

from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from giftwell.domain.cards.adjust_card import adjust_card
from giftwell.domain.cards.adjusting import takes_two
from giftwell.domain.cards.expire_cards import expire_card
from giftwell.domain.cards.models import Adjustment, Card
from giftwell.domain.cards.queries import adjusted_alone, find_card, lost_by_expiry
from giftwell.domain.cards.reinstate_card import reinstate_card
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.console import life_words
from giftwell.interfaces.console.act_pages import Page, act_page
from giftwell.interfaces.console.errors import id_or_404
from giftwell.interfaces.console.life_forms import AdjustForm, ReinstateForm
from giftwell.interfaces.console.value_forms import ActForm
from giftwell.kit.clock import now
from giftwell.kit.money import Money


@merchant_page(Permission.CARDS_ADJUST)
def adjust(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Correct what is on a card: a little at once, more when somebody else agrees."""
    with reading():
        card = find_card(request.merchant.id, id_or_404(Card.PREFIX, card_id))
        alone = adjusted_alone(request.merchant, card.currency, request.actor, now())
    lead = life_words.lead_of_adjusting(card, Money(alone, card.currency))
    says = partial(_says_adjust, alone)
    return act_page(request, card_id, Page("adjust", _("Adjust card"), lead, AdjustForm, says, _adjust))


@merchant_page(Permission.CARDS_EXPIRE)
def expire(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Take what is left off a card whose time is over, now instead of at the next sweep."""
    page = Page("expire", _("Expire card"), "", ActForm, life_words.says_expire, _expire)
    return act_page(request, card_id, page)


@merchant_page(Permission.CARDS_EXPIRE)
def reinstate(request: PageRequest, slug: str, card_id: str) -> HttpResponse:
    """Give an expired card back to its holder."""
    with reading():
        card = find_card(request.merchant.id, id_or_404(Card.PREFIX, card_id))
        lost = lost_by_expiry(card)
    lead = life_words.lead_of_reinstating(lost)
    page = Page("reinstate", _("Reinstate card"), lead, ReinstateForm, life_words.says_reinstate, _reinstate)
    return act_page(request, card_id, page)


def _says_adjust(alone_minor: int, card: Card, form: ActForm) -> tuple[str, str]:
    assert isinstance(form, AdjustForm)
    needs_another = takes_two(
        funding=card.program.funding,
        source=Adjustment.Source.MERCHANT,
        change_minor=form.change_minor,
        alone_minor=alone_minor,
        currency=card.currency,
    )
    return life_words.says_adjust(card, Money(form.change_minor, card.currency), needs_another=needs_another)


def _adjust(request: PageRequest, card: Card, form: ActForm) -> tuple[UUID, str]:
    assert isinstance(form, AdjustForm)
    change = Money(form.change_minor, card.currency)
    done = adjust_card(
        merchant_id=request.merchant.id,
        card_id=card.id,
        change=change,
        reason=form.cleaned_data["reason"],
        key=form.cleaned_data["key"],
        actor=request.actor,
        now=now(),
    )
    words = {"amount": money_text(change)}
    if done.adjustment.state == Adjustment.State.REQUESTED:
        return card.id, _("Asked for: nothing has moved until somebody else approves %(amount)s.") % words
    return card.id, _("Adjusted by %(amount)s.") % words


def _expire(request: PageRequest, card: Card, form: ActForm) -> tuple[UUID, str]:
    found = expire_card(merchant_id=request.merchant.id, card_id=card.id, actor=request.actor, now=now())
    return card.id, _("Card %(last4)s has expired.") % {"last4": found.last4}


def _reinstate(request: PageRequest, card: Card, form: ActForm) -> tuple[UUID, str]:
    assert isinstance(form, ReinstateForm)
    found = reinstate_card(
        merchant_id=request.merchant.id,
        card_id=card.id,
        last_day=form.last_day,
        actor=request.actor,
        now=now(),
    )
    return card.id, _("Card %(last4)s is back with what it had.") % {"last4": found.last4}
