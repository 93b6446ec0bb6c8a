"""What allauth asks of us: how mails leave, where people go, and which address a link has."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from giftwell.foundation.identity.clear_tries import give_tries_back
from giftwell.foundation.identity.models import User
from giftwell.foundation.identity.set_password import set_password
from giftwell.foundation.identity.take_try import take_try
from giftwell.foundation.messaging.queue_message import queue_message
from giftwell.interfaces.accounts.devices import device_of
from giftwell.interfaces.accounts.failures import note_failure
from giftwell.interfaces.accounts.landing import home_of
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now

# allauth's mails by the names of its templates, and ours. A mail that is not in this table cannot be sent.
_KINDS = {
    "account/email/email_confirmation_signup": "verify_email",
    "account/email/email_confirmation": "verify_email",
    "account/email/password_reset_key": "reset_password",
    "account/email/account_already_exists": "account_already_exists",
}
_LINKS = ("activate_url", "password_reset_url", "sign_in_url")


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Mails go through the message log; links begin with our own address, never with what a request claims as
    host.
    """

    error_messages = {  # noqa: RUF012 the name and kind are allauth's
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "The address and the password do not belong together. After five tries we wait before we look "
            "again, a little longer each time; a new password by mail gets you in at once."
        ),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue one of our mails. `KeyError` for one we do not know: better loud here than silent there."""
        user: User | None = context.get("user")
        filled = {"link": next(context[name] for name in _LINKS if name in context)}
        queue_message(
            _KINDS[template_prefix],
            merchant_id=None,
            recipient=email,
            context={**filled, "name": user.name} if user else filled,
            actor=Actor.person(user.pk) if user else Actor.anonymous(),
            now=now(),
            cause=user.public_id if user else "",
        )

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The link that proves an address."""
        return _link("account_confirm_email", emailconfirmation.key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link behind which a new password is set."""
        uidb36, _, rest = key.partition("-")
        return _link("account_reset_password_from_key", uidb36, rest)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner of an address that somebody, perhaps they, tried to sign up with it."""
        context = {"sign_in_url": _link("account_login")}
        self.send_mail("account/email/account_already_exists", email, context)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Take a try before the password is looked at; one too many is answered as a wrong password is."""
        email = str(credentials.get("email") or "")
        if take_try(email=email, device=device_of(request, email), now=now()):
            return
        # The time a password takes to be judged must not be missing from the answer.
        make_password(str(credentials.get("password") or ""))
        note_failure(request, email, reason="too_many_tries")
        raise self.validation_error("email_password_mismatch")

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the password of somebody who is signed in; guesses count as at the sign-in."""
        try:
            is_theirs: bool = super().reauthenticate(user, password)
        except ValidationError:
            return False
        if is_theirs:
            known = device_of(context.request, user.email)
            give_tries_back(email=user.email, devices=[known] if known else [], now=now())
        return is_theirs

    def is_reauthentication_required(self, *, app: str, **_: Any) -> bool:
        """Whether the person has to show once more who they are; whoever did within five minutes has not."""
        request = context.request
        records = get_authentication_records(request, request.user)
        recent = now().timestamp() - REAUTHENTICATION_TIMEOUT
        return not any(one["at"] > recent and one["method"] in {"password", "mfa"} for one in records)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """A second factor where there is one: the password alone must not be enough to take it off."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [one for one in methods if one["id"] != "reauthenticate"] or methods

    def set_password(self, user: User, password: str) -> None:
        """By our verb, which remembers the one before."""
        set_password(user=user, password=password, now=now())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where somebody belongs who came without asking for a page."""
        assert isinstance(request.user, User)
        return home_of(request.user)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """The same, right after signing up."""
        return self.get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to where somebody belongs; the message says that it worked."""
        return self.get_login_redirect_url(request)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: these are pages.

        Machines have keys, and a second way in would need all the same guards again.
        """
        return False


def _link(name: str, *parts: str) -> str:
    return settings.BASE_URL + reverse(name, args=parts)
