"""Adjustments: those that wait for a second person, those that came to something, and the decision."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giftwell.domain.cards.adjusting import alone_limit
from giftwell.domain.cards.decide_adjustment import approve_adjustment, decline_adjustment, is_own
from giftwell.domain.cards.models import Adjustment
from giftwell.domain.cards.queries import adjusted_alone, adjustments_of, open_adjustments
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.actors import actor_names
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.console.errors import id_or_404, there
from giftwell.interfaces.console.paged import shown_page
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError, NotFound
from giftwell.kit.money import Money


@dataclass(frozen=True, slots=True)
class Row:
    """An adjustment as the list and its page show it."""

    row: Adjustment
    change: Money
    state: str
    asked_by: str
    decided_by: str


@merchant_page(Permission.CARDS_ADJUST)
def adjustments(request: PageRequest, slug: str) -> HttpResponse:
    """What waits for a second person, or every adjustment there was, newest first."""
    at, shows = now(), request.GET.get("show", "")
    with reading():
        mine = adjustments_of(request.merchant.id)
        waiting = open_adjustments(mine, at)
        page = shown_page(request, waiting if shows == "open" else mine, at="requested_at")
        alone = adjusted_alone(request.merchant, request.merchant.currency, request.actor, at)
        rows = _rows(list(page.rows))
        count = waiting.count()
    context = {
        "rows": rows, "page": page, "shows": shows, "waiting": count,
        "alone": Money(alone, request.merchant.currency),
        "limit": Money(alone_limit(request.merchant.currency), request.merchant.currency),
    }  # fmt: skip
    return show(request, "console/adjustments/list.html", "adjustments", **context)


@merchant_page(Permission.CARDS_ADJUST)
def adjustment(request: PageRequest, slug: str, adjustment_id: str) -> HttpResponse:
    """One adjustment: what it does, who answers for it, and what the reader may do about it."""
    with reading():
        mine = adjustments_of(request.merchant.id).filter(id=id_or_404(Adjustment.PREFIX, adjustment_id))
        found = there(mine.first())
        own = is_own(found, request.actor)
    (row,) = _rows([found])
    # Goodwill is the platform's, and decided at its desk.
    is_open = row.state == Adjustment.State.REQUESTED and found.source == Adjustment.Source.MERCHANT
    context = {"one": row, "is_own": own, "can_decide": is_open}
    return show(request, "console/adjustments/detail.html", "adjustments", **context)


@merchant_page(Permission.CARDS_ADJUST)
@require_POST
def approve(request: PageRequest, slug: str, adjustment_id: str) -> HttpResponse:
    """Be the second person: what was asked for happens now."""
    return _decide(request, adjustment_id, approves=True)


@merchant_page(Permission.CARDS_ADJUST)
@require_POST
def decline(request: PageRequest, slug: str, adjustment_id: str) -> HttpResponse:
    """Decline what somebody asked for, or take one's own request back."""
    return _decide(request, adjustment_id, approves=False)


def _decide(request: PageRequest, adjustment_id: str, *, approves: bool) -> HttpResponse:
    Strict(request.POST).is_valid()
    decide = approve_adjustment if approves else decline_adjustment
    try:
        found = decide(
            merchant_id=request.merchant.id,
            adjustment_id=id_or_404(Adjustment.PREFIX, adjustment_id),
            actor=request.actor,
            now=now(),
        )
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        words = {"amount": money_text(found.change)}
        done = _("Approved: the card was adjusted by %(amount)s.") if approves else _("Nothing was moved.")
        messages.success(request, done % words)
    return redirect("console:adjustment", request.merchant.slug, adjustment_id)


def _rows(found: list[Adjustment]) -> list[Row]:
    names = actor_names([text for one in found for text in (one.requested_by, one.decided_by) if text])
    at = now()
    return [
        Row(
            row=one,
            change=one.change,
            state=one.state_at(at),
            asked_by=names[one.requested_by],
            decided_by=names.get(one.decided_by, ""),
        )
        for one in found
    ]
