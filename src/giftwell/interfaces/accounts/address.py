"""An address that is shown to be somebody's own: a further link to verify it, the change to another one."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from limits import RateLimitItemPerHour

from giftwell.foundation.identity.ask_for_new_address import AddressIsTheSame, Ends, ask_for_new_address
from giftwell.foundation.identity.confirm_new_address import LinkIsDead, confirm_new_address, find_change
from giftwell.foundation.identity.models import User
from giftwell.foundation.messaging.queue_message import queue_message
from giftwell.interfaces.accounts.pace import evenly_paced
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.limiting import address_of, per_minute, within
from giftwell.interfaces.common.notices import Notice, tell
from giftwell.interfaces.common.pages import PageRequest, bearer_page, person_page, public_page
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.errors import Refused

_RESENDS_OF_A_PLACE = per_minute(20)
# Each one writes to an address that somebody else may own.
_CHANGES_OF_A_PERSON = RateLimitItemPerHour(5)


class TooManyMails(Refused):
    """More mails were asked for than anybody needs."""

    code = "too_many_mails"
    detail = "We have written several mails for you just now. Nothing was changed; try again in an hour."


class AgainForm(Strict):
    """The address that no link came to."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class NewAddressForm(AgainForm):
    """The address somebody wants, and the password that shows who asks."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean_password(self) -> str:
        """Judged where every password is judged, so that guesses count."""
        password = str(self.cleaned_data["password"])
        if not get_adapter().reauthenticate(self.user, password):
            raise forms.ValidationError(_("This is not your password."))
        return password


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@evenly_paced
def resend(request: HttpRequest) -> HttpResponse:
    """Send the link of a sign-up once more, if there is one to send; the answer does not tell.

    At most one mail in three minutes goes to an address, and ten a day, however often it is asked for.
    """
    form = AgainForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not within(_RESENDS_OF_A_PLACE, "verify-again", address_of(request)):
            raise TooManyMails
        email = form.cleaned_data["email"].lower()
        waiting = EmailAddress.objects.filter(email=email, verified=False).select_related("user").first()
        if waiting is not None:
            send_verification_email_to_address(request, waiting)
        return redirect("account_email_verification_sent")
    return render(request, "account/again.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def change(request: PageRequest) -> HttpResponse:
    """Ask for another address; both ends get a link."""
    form = NewAddressForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        if not within(_CHANGES_OF_A_PERSON, "new-address", str(request.user.pk)):
            raise TooManyMails
        email = form.cleaned_data["email"].lower()
        try:
            ends = ask_for_new_address(user=request.user, email=email, now=now())
        except AddressIsTheSame as error:
            form.add_error("email", error.detail)
        else:
            _write_to_both(request.user, email, ends)
            messages.success(request, _("We have written to both addresses. Follow both links within a day."))
            return redirect("account_address")
    return render(request, "account/address.html", {"form": form})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@bearer_page
def confirm(request: PageRequest, token: str) -> HttpResponse:
    """The page behind each link: looking changes nothing, the button does.

    It carries no token against forgery: it sends no referrer, so it could not prove its origin, and its
    address is the secret.
    """
    try:
        waiting = find_change(token, now=now())
        if request.method != "POST":
            return render(request, "account/address_confirm.html", {"new_email": waiting.new_email})
        changed = confirm_new_address(token=token, now=now())
    except LinkIsDead:
        return render(request, "account/address_confirm.html", status=404)
    if changed is None:
        return render(request, "account/address_confirm.html", {"is_half": True})
    user, before = changed
    tell(user, Notice.ADDRESS_CHANGED, recipient=before)
    return render(request, "account/address_confirm.html", {"is_done": True, "new_email": user.email})


def _write_to_both(user: User, email: str, ends: Ends) -> None:
    asked = _("Somebody who is signed in as you wants to use another address: %(email)s.") % {"email": email}
    _write(user, user.email, ends.old, asked)
    if ends.new is None:
        get_adapter().send_account_already_exists_mail(email)
    else:
        _write(user, email, ends.new, _("This address is to be used for signing in to Giftwell."))


def _write(user: User, recipient: str, token: str, text: str) -> None:
    queue_message(
        "confirm_address",
        merchant_id=None,
        recipient=recipient,
        context={
            "name": user.name,
            "text": text,
            "link": settings.BASE_URL + reverse("account_address_confirm", args=[token]),
        },
        actor=Actor.person(user.pk),
        now=now(),
        cause=user.public_id,
    )
