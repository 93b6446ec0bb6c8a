"""The sandbox processor: another company, as far as the rest of the house is concerned.

It shows a payment page, takes no real money, and tells us what happened by notices that `deliver_notices`
sends. To let people see what a real gateway does on a bad day, a button may tell a fact late, twice, or in
the wrong order.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from giftwell.domain.payments import notices
from giftwell.domain.payments.gateway import CheckoutRequest, GatewayRefused, RefundRequest
from giftwell.domain.payments.models import SandboxCheckout, SandboxNotice, SandboxRefund
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import NotFound, Refused
from giftwell.kit.ids import new_id

_State = SandboxCheckout.State


class UnknownCheckout(NotFound):
    """The processor has no payment page with this reference."""

    code = "unknown_checkout"


class CheckoutOver(Refused):
    """The page has expired: it can only be paid late."""

    code = "checkout_over"
    detail = "This payment page has expired."


class Button(StrEnum):
    """What a person can press on the hosted page."""

    PAY = "pay"
    DECLINE = "decline"
    PAY_LATE = "pay_late"
    PAY_TOLD_TWICE = "tell_twice"
    PAY_TOLD_BACKWARDS = "tell_backwards"


# What each button makes true at the processor, in the order in which it happens.
_FACTS: dict[Button, tuple[str, ...]] = {
    Button.PAY: ("checkout.paid",),
    Button.DECLINE: ("checkout.declined",),
    Button.PAY_LATE: ("checkout.expired", "checkout.paid"),
    Button.PAY_TOLD_TWICE: ("checkout.paid",),
    Button.PAY_TOLD_BACKWARDS: ("checkout.declined", "checkout.paid"),
}


def open_checkout(request: CheckoutRequest, *, now: datetime) -> SandboxCheckout:
    """Open a page for a payment, or return the one that payment already has."""
    with transaction():
        checkout, _ = SandboxCheckout.objects.get_or_create(
            client_reference=request.payment,
            defaults={
                "reference": f"sbx_{new_token()}",
                "order": request.order,
                "seller": request.seller,
                "description": request.description,
                "amount_minor": request.amount.amount_minor,
                "currency": request.amount.currency,
                "return_url": request.return_url,
                "opened_at": now,
                "expires_at": request.expires_at,
            },
        )
    return checkout


def look_at(reference: str) -> SandboxCheckout:
    """The page with this reference; raises UnknownCheckout, for any text that is none too."""
    if not reference.isprintable():
        raise UnknownCheckout
    with reading():
        found = SandboxCheckout.objects.filter(reference=reference).first()
    if found is None:
        raise UnknownCheckout
    return found


def press(*, reference: str, button: Button, now: datetime) -> SandboxCheckout:
    """Do what the person pressed and write the notices to send. A page that is already paid stays as it is.

    Raises UnknownCheckout, and CheckoutOver when an expired page is to be paid in time.
    """
    with transaction():
        checkout = _locked(reference)
        if checkout.state == _State.PAID:
            return checkout
        over = checkout.state == _State.EXPIRED or now >= checkout.expires_at
        if over and button is not Button.PAY_LATE:
            raise CheckoutOver
        facts = _FACTS[button]
        if checkout.state == _State.EXPIRED:
            facts = ("checkout.paid",)
        _become(checkout, facts[-1], now=now)
        told = list(reversed(facts)) if button is Button.PAY_TOLD_BACKWARDS else list(facts)
        for position, fact in enumerate(told):
            happened = now - timedelta(seconds=len(facts) - facts.index(fact))
            copies = 2 if button is Button.PAY_TOLD_TWICE else 1
            _tell(checkout, fact, happened_at=happened, position=position, copies=copies, now=now)
    return checkout


def refund(request: RefundRequest, *, now: datetime) -> SandboxRefund:
    """Give money back, once for a key. Raises GatewayRefused for an unpaid page or more than is left
    of it.
    """
    with transaction():
        checkout = _locked(request.reference)
        made = SandboxRefund.objects.filter(key=request.key).first()
        if made is not None:
            return made
        left = checkout.amount_minor - checkout.refunded_minor
        amount = request.amount
        if (
            checkout.state != _State.PAID
            or amount.currency != checkout.currency
            or amount.amount_minor > left
        ):
            raise GatewayRefused
        made = SandboxRefund.objects.create(
            checkout=checkout, key=request.key, amount_minor=amount.amount_minor, made_at=now
        )
        checkout.refunded_minor += amount.amount_minor
        checkout.save(update_fields=["refunded_minor"])
        _tell(checkout, "refund.made", happened_at=now, refund=made, now=now)
    return made


def _locked(reference: str) -> SandboxCheckout:
    found = SandboxCheckout.objects.select_for_update().filter(reference=reference).first()
    if found is None:
        raise UnknownCheckout
    return found


def _become(checkout: SandboxCheckout, fact: str, *, now: datetime) -> None:
    checkout.state = _State(fact.removeprefix("checkout."))
    checkout.paid_at = now if checkout.state == _State.PAID else None
    checkout.save(update_fields=["state", "paid_at"])


def _tell(
    checkout: SandboxCheckout,
    fact: str,
    *,
    happened_at: datetime,
    now: datetime,
    position: int = 0,
    copies: int = 1,
    refund: SandboxRefund | None = None,
) -> None:
    """Write the notice into the processor's outbox, `copies` times under one event id."""
    event = notices.SandboxEvent(
        id=f"evt_sbx_{new_id().hex}",
        type=fact,
        created=int(happened_at.timestamp()),
        account=notices.ACCOUNT,
        reference=checkout.reference,
        client_reference=checkout.client_reference,
        order=checkout.order,
        amount_minor=refund.amount_minor if refund else checkout.amount_minor,
        currency=checkout.currency,
        refund=notices.RefundPart(key=refund.key, reference=refund.reference) if refund else None,
    )
    for copy in range(copies):
        SandboxNotice.objects.create(
            checkout=checkout,
            event_id=event.id,
            body=notices.write(event),
            position=position + copy,
            created_at=now,
            due_at=now,
        )
