"""An answer that never came: what the till's last pages did, told plainly, and undone or prevented.

Undoing goes by the page's key. What the key did is mirrored; what it did not do, it never will.
"""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giftwell.domain.redemption.outcome_of_key import KeyOutcome, outcome_of_key
from giftwell.domain.redemption.reverse import Reversal, reverse
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.error_pages import request_id_of
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.till.keys import KEY, remembered
from giftwell.interfaces.till.place import CounterRequest, at_the_counter
from giftwell.interfaces.till.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError

_UNDONE = frozenset({"redeem", "capture", "authorize", "reauthorize", "refund", "unlinked_refund"})


@dataclass(frozen=True, slots=True)
class Told:
    """What one page's key did, in words. `can_undo` says whether it can be mirrored or prevented."""

    key: str
    outcome: KeyOutcome | None
    words: str
    can_undo: bool


@at_the_counter(Permission.TILL_REDEEM)
def check(request: CounterRequest, slug: str, key: str = "") -> HttpResponse:
    """What the key in the address did; without one, what the last pages of this till did."""
    if key and not KEY.fullmatch(key):
        raise Http404
    keys = [key] if key else list(reversed(remembered(request)))
    told = [_told(request, one) for one in keys]
    # Of the last pages only those that did something: the others were looked at and left.
    shown = told if key else [one for one in told if one.outcome]
    return show(request, "till/check.html", rows=shown, is_one=bool(key))


@at_the_counter(Permission.TILL_REFUND)
@require_POST
def undo(request: CounterRequest, slug: str, key: str) -> HttpResponse:
    """Undo what the key did, or make sure that it never does anything."""
    if not KEY.fullmatch(key):
        raise Http404
    Strict(request.POST).is_valid()
    try:
        done = reverse(
            merchant_id=request.merchant.id,
            key=key,
            request_id=request_id_of(request),
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _undone(done))
    return redirect("till:check_one", slug, key)


def _undone(done: Reversal) -> str:
    if done.operation is None or done.amount is None:
        return _("Nothing had happened, and now it never will. Nothing was taken.")
    given = {"amount": money_text(done.amount), "last4": done.last4}
    if done.operation in {"refund", "unlinked_refund"}:
        return _("Undone: %(amount)s has left card %(last4)s again.") % given
    return _("Undone: %(amount)s can be spent from card %(last4)s again.") % given


def _told(request: CounterRequest, key: str) -> Told:
    found = outcome_of_key(merchant_id=request.merchant.id, key=key)
    may = Permission.TILL_REFUND in request.permissions
    if found is None:
        return Told(key, None, _("Nothing was taken"), may)
    if found.operation == "prevented" or found.amount is None:
        return Told(key, found, _("Nothing was taken, and never will be"), can_undo=False)
    words = {
        "redeem": _("%(amount)s redeemed from card %(last4)s"),
        "capture": _("%(amount)s redeemed from card %(last4)s"),
        "authorize": _("%(amount)s set aside on card %(last4)s"),
        "reauthorize": _("%(amount)s set aside on card %(last4)s"),
        "refund": _("%(amount)s given back to card %(last4)s"),
        "unlinked_refund": _("%(amount)s given back to card %(last4)s"),
    }
    said = words.get(found.operation, _("%(amount)s of card %(last4)s let go again"))
    given = {"amount": money_text(found.amount), "last4": found.last4}
    can_undo = may and found.operation in _UNDONE and found.reversed_at is None
    return Told(key, found, said % given, can_undo)
