"""The one place where third-party signals are heard: what they say is written down by our own verbs."""

from typing import Any

from allauth.account import signals as said
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as said_of_factors
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.http import HttpRequest, HttpResponseBase

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.clear_tries import give_tries_back
from giftwell.foundation.identity.events import (
    AddressVerified,
    PasswordChanged,
    PasswordReset,
    PersonSignedIn,
    PersonSignedOut,
    SecondFactorAdded,
    SecondFactorUsed,
)
from giftwell.foundation.identity.models import User
from giftwell.foundation.identity.note_account import note_account
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.interfaces.accounts.devices import device_of, end_other_sessions, remember_device
from giftwell.interfaces.accounts.failures import note_failure
from giftwell.interfaces.common.notices import Notice, tell
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now


def factor_added(user: User, *, was_first: bool, request: HttpRequest) -> None:
    """Somebody has one factor more. Sessions that were opened without any end with the first one."""
    tell(user, Notice.FACTOR_ADDED)
    if was_first:
        end_other_sessions(request, user)


def factor_removed(user: User) -> None:
    """Somebody has one factor less."""
    tell(user, Notice.FACTOR_REMOVED)


def connect() -> None:
    """Begin to hear; safe to repeat."""
    said.user_logged_in.connect(_signed_in, dispatch_uid="giftwell.signed_in")
    said.email_confirmed.connect(_verified, dispatch_uid="giftwell.verified")
    said.password_changed.connect(_changed, dispatch_uid="giftwell.changed")
    said.password_reset.connect(_reset, dispatch_uid="giftwell.reset")
    user_logged_out.connect(_signed_out, dispatch_uid="giftwell.signed_out")
    said_of_factors.authenticator_added.connect(_passkey_added, dispatch_uid="giftwell.passkey_added")
    said_of_factors.authenticator_used.connect(_passkey_used, dispatch_uid="giftwell.passkey_used")
    user_login_failed.connect(_failed, dispatch_uid="giftwell.failed")


def _signed_in(*, user: User, request: HttpRequest, response: HttpResponseBase, **_: Any) -> None:
    known = device_of(request, user.email)
    give_tries_back(email=user.email, devices=[known] if known else [], now=now())
    remember_device(request, response, user)
    note_account(PersonSignedIn, user=user, now=now())


def _signed_out(*, user: User | None, **_: Any) -> None:
    if user is not None:
        note_account(PersonSignedOut, user=user, now=now())


def _verified(*, email_address: Any, **_: Any) -> None:
    note_account(AddressVerified, user=email_address.user, now=now())


def _changed(*, user: User, request: HttpRequest, **_: Any) -> None:
    end_other_sessions(request, user)
    note_account(PasswordChanged, user=user, now=now())
    tell(user, Notice.PASSWORD_CHANGED)


def _reset(*, user: User, request: HttpRequest, **_: Any) -> None:
    end_other_sessions(request, user)
    note_account(PasswordReset, user=user, now=now())
    give_tries_back(email=user.email, now=now())
    tell(user, Notice.PASSWORD_CHANGED)


def _passkey_added(*, user: User, request: HttpRequest, authenticator: Any, **_: Any) -> None:
    with transaction():
        event = SecondFactorAdded(merchant_id=None, subject=user.public_id, factor=authenticator.type)
        record(event, actor=Actor.person(user.pk), at=now())
    was_first = Authenticator.objects.filter(user_id=user.pk).count() == 1
    record_authentication(request, user, "mfa", type=authenticator.type, reauthenticated=True)
    factor_added(user, was_first=was_first, request=request)


def _passkey_used(*, user: User, authenticator: Any, **_: Any) -> None:
    with transaction():
        event = SecondFactorUsed(merchant_id=None, subject=user.public_id, factor=authenticator.type)
        record(event, actor=Actor.person(user.pk), at=now())


def _failed(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    note_failure(request, str(credentials.get("email") or ""), reason="address_or_password_wrong")
