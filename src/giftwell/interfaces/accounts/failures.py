"""Every try at getting in that failed is an audit row: what was tried, at whose account, and why not."""

from django.http import HttpRequest

from giftwell.foundation.audit.attempts import note_refusal
from giftwell.foundation.identity.models import User
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now


def note_failure(request: HttpRequest | None, email: str, *, reason: str) -> None:
    """Write down a failed sign-in, or a failed confirmation by somebody who is signed in.

    The address itself is not written: people type passwords into that field. Who was meant is, where it is
    somebody.
    """
    meant = User.objects.filter(email=email.strip().lower()).first()
    signed_in = request.user if request is not None and request.user.is_authenticated else None
    if meant is not None and not meant.is_active and reason == "address_or_password_wrong":
        reason = "person_is_inactive"
    note_refusal(
        "person.confirmed" if signed_in else "person.signed_in",
        actor=Actor.person(signed_in.pk) if signed_in else Actor.anonymous(),
        subject=meant.public_id if meant else "",
        reason=reason,
        merchant_id=None,
        at=now(),
    )
