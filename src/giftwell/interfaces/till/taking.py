"""Taking from the card on the counter, with or without a tip, and the screens of what came of it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.answers import Answer
from giftwell.domain.redemption.check_balance import check_balance
from giftwell.domain.redemption.models import Redemption
from giftwell.domain.redemption.outcome_of_key import outcome_of_key
from giftwell.domain.redemption.redeem import redeem
from giftwell.domain.redemption.redeem_with_tip import redeem_with_tip
from giftwell.domain.redemption.refusals import KeyConflict
from giftwell.interfaces.common.error_pages import request_id_of
from giftwell.interfaces.till import bills
from giftwell.interfaces.till.held import put_away
from giftwell.interfaces.till.keys import new_key
from giftwell.interfaces.till.place import CounterRequest
from giftwell.interfaces.till.refused import explain
from giftwell.interfaces.till.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError, NotFound
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be taken. With `is_part` it may be less: the rest is paid in another way."""

    amount: Money
    tip: Money
    key: str
    is_part: bool = False


def take(request: CounterRequest, card: Card, code: str, wanted: Wanted) -> HttpResponse:
    """Take it, and show what came of it."""
    try:
        answer = _taken(request, code, wanted)
    except KeyConflict:
        # Back, another amount, and the same page sent again: the customer was asked for the
        # first amount, and has paid it.
        messages.warning(request, _("This was redeemed already, as it stands here. Nothing more was taken."))
        return first_outcome(request, wanted.key) or scan_again(request)
    except DomainError as error:
        return _refused(request, card, code, wanted, error)
    put_away(request, card.id)
    shown = public_id(Redemption.PREFIX, answer.id)
    if not answer.replayed:
        _settle(request, answer, wanted, shown)
    return redirect("till:redemption", request.merchant.slug, shown)


def _taken(request: CounterRequest, code: str, wanted: Wanted) -> Answer:
    merchant_id, place, request_id = request.merchant.id, request.counter.location.id, request_id_of(request)
    if wanted.tip.amount_minor:
        return redeem_with_tip(
            merchant_id=merchant_id, code=code, amount=wanted.amount, tip=wanted.tip, key=wanted.key,
            location_id=place, request_id=request_id, actor=request.actor, now=now(),
        )  # fmt: skip
    return redeem(
        merchant_id=merchant_id, code=code, amount=wanted.amount, key=wanted.key, location_id=place,
        allow_partial=wanted.is_part, request_id=request_id, actor=request.actor, now=now(),
    )  # fmt: skip


def _settle(request: CounterRequest, answer: Answer, wanted: Wanted, shown: str) -> None:
    """What is left of this bill or, where it is a further card for an earlier one, of that."""
    before = bills.open_bill(request, now=now())
    goes_on = before is not None and before.due.currency == wanted.amount.currency
    bill = before.due if before is not None and goes_on and not wanted.is_part else wanted.amount
    bills.leave_open(request, bill + wanted.tip - answer.amount, after=shown, now=now())


def _refused(
    request: CounterRequest, card: Card, code: str, wanted: Wanted, error: DomainError
) -> HttpResponse:
    try:
        found = check_balance(merchant_id=request.merchant.id, code=code, now=now())
    except NotFound:
        return scan_again(request)
    outcome = explain(error.code, wanted.amount + wanted.tip, found, bill=wanted.amount)
    return show(
        request, "till/refused.html", outcome=outcome, bill=wanted.amount, card=card, key=new_key(request)
    )


def first_outcome(request: CounterRequest, key: str) -> HttpResponse | None:
    """The redemption that a key made before, or None where it made none."""
    first = outcome_of_key(merchant_id=request.merchant.id, key=key)
    if first is None or first.id is None or first.operation not in {"redeem", "capture"}:
        return None
    return redirect("till:redemption", request.merchant.slug, public_id(Redemption.PREFIX, first.id))


def scan_again(request: CounterRequest) -> HttpResponse:
    """The first screen, with the reason."""
    messages.warning(
        request, _("No card lies on the counter: one is kept for ten minutes. Scan it once more.")
    )
    return redirect("till:scan", request.merchant.slug)
