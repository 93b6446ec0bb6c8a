"""The one place where third-party signals are heard: what they say is written down by our own verbs."""

from typing import Any

from allauth.account import signals as said
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.http import HttpRequest

from giftwell.foundation.audit.attempts import note_refusal
from giftwell.foundation.identity.events import (
    AddressVerified,
    PasswordChanged,
    PasswordReset,
    PersonSignedIn,
    PersonSignedOut,
)
from giftwell.foundation.identity.models import User
from giftwell.foundation.identity.note_account import note_account
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now


def connect() -> None:
    """Begin to hear; safe to repeat."""
    said.user_logged_in.connect(_signed_in, dispatch_uid="giftwell.signed_in")
    said.email_confirmed.connect(_verified, dispatch_uid="giftwell.verified")
    said.password_changed.connect(_changed, dispatch_uid="giftwell.changed")
    said.password_reset.connect(_reset, dispatch_uid="giftwell.reset")
    user_logged_out.connect(_signed_out, dispatch_uid="giftwell.signed_out")
    user_login_failed.connect(_failed, dispatch_uid="giftwell.failed")


def _signed_in(*, user: User, **_: Any) -> None:
    note_account(PersonSignedIn, user=user, now=now())


def _signed_out(*, user: User | None, **_: Any) -> None:
    if user is not None:
        note_account(PersonSignedOut, user=user, now=now())


def _verified(*, email_address: Any, **_: Any) -> None:
    note_account(AddressVerified, user=email_address.user, now=now())


def _changed(*, user: User, **_: Any) -> None:
    note_account(PasswordChanged, user=user, now=now())


def _reset(*, user: User, **_: Any) -> None:
    note_account(PasswordReset, user=user, now=now())


def _failed(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    # The address itself is not written: people type passwords into that field. Who was meant is, where it is
    # somebody.
    meant = User.objects.filter(email=str(credentials.get("email") or "").lower()).first()
    note_refusal(
        "person.signed_in",
        actor=Actor.anonymous(),
        subject=meant.public_id if meant else "",
        reason="address_or_password_wrong" if meant is None or meant.is_active else "person_is_inactive",
        merchant_id=None,
        at=now(),
    )
