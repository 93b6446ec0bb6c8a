"""The page behind an invitation's link: join with an account one has, or with a new one.

The token leaves the address at once and waits in the session, so that no referrer, history or log of a proxy
keeps what opens the door.
"""

from typing import Any, cast

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from giftwell.foundation.identity.accept_invitation import accept_invitation, join_by_invitation
from giftwell.foundation.identity.access_rules import AccessRulesOf
from giftwell.foundation.identity.add_member import IsAMemberAlready
from giftwell.foundation.identity.create_person import AddressIsTaken
from giftwell.foundation.identity.find_invitation import InvitationIsDead, Offer, find_invitation
from giftwell.foundation.identity.models import AccessRules, User
from giftwell.foundation.identity.password_validator import OurPasswordPolicy, hint, policy_of
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.accounts.landing import home_of
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.limiting import address_of, per_minute, within
from giftwell.interfaces.common.pages import bearer_page, public_page
from giftwell.interfaces.common.positions import role_word, role_words
from giftwell.kit.clock import now

_KEY = "invitation"
_LOOKS_OF_A_PLACE = per_minute(30)


class YesForm(Strict):
    """Somebody who is signed in says yes; there is nothing to fill in."""


class JoinForm(Strict):
    """Name and password of somebody new; their address is the one the link went to."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password1 = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any, *, offer: Offer) -> None:
        super().__init__(data)
        self.email, self.joins = offer.invitation.email, _rules_of(offer)
        policy = policy_of(None, joins=self.joins)
        field = self.fields["password1"]
        field.help_text = hint(policy)
        field.widget.attrs |= {
            "data-least": policy.least(has_second_factor=False),
            "data-kinds": 4 if policy.four_kinds else 0,
        }

    def clean(self) -> dict[str, Any]:
        """Judge the password by the platform's rules and the shop's."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("password1"):
            person = User(email=self.email, name=given.get("name", ""))
            try:
                OurPasswordPolicy().validate(given["password1"], person, joins=self.joins)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return given


@require_safe
@bearer_page
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address."""
    request.session[_KEY] = token[:100]
    return redirect("account_invitation")


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
def invitation(request: HttpRequest) -> HttpResponseBase:
    """What is offered, and the way to say yes that fits who is looking."""
    token = str(request.session.get(_KEY, ""))
    try:
        if not within(_LOOKS_OF_A_PLACE, "invitation", address_of(request)):
            raise InvitationIsDead
        offer = find_invitation(token, now=now())
    except InvitationIsDead:
        return _kept_by_nobody(render(request, "account/invitation_dead.html", status=404))
    answer = _known(request, token, offer) if request.user.is_authenticated else _new(request, token, offer)
    return _kept_by_nobody(answer)


def _known(request: HttpRequest, token: str, offer: Offer) -> HttpResponseBase:
    user = request.user
    assert isinstance(user, User)
    if user.email != offer.invitation.email:
        return render(request, "account/invitation.html", {**_told(offer), "is_another": True}, status=403)
    form = YesForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            accept_invitation(token=token, user=user, now=now())
        except IsAMemberAlready as error:
            messages.info(request, error.detail)
        _say_welcome(request, offer)
        return redirect(home_of(user))
    return render(request, "account/invitation.html", {**_told(offer), "is_theirs": True})


def _new(request: HttpRequest, token: str, offer: Offer) -> HttpResponseBase:
    # Whoever holds the link reads this address's mail, so they may know whether it has an account.
    if User.objects.filter(email=offer.invitation.email).exists():
        return render(request, "account/invitation.html", {**_told(offer), "has_account": True})
    form = JoinForm(request.POST if request.method == "POST" else None, offer=offer)
    if request.method == "POST" and form.is_valid():
        try:
            membership = join_by_invitation(
                token=token,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password1"],
                now=now(),
            )
        except AddressIsTaken:
            return redirect("account_invitation")
        user = membership.user
        record_authentication(request, user, method="password")
        # Its own answer carries the cookie by which this browser is known again.
        answer = perform_login(request, Login(user=user, email=user.email, redirect_url=home_of(user)))
        _say_welcome(request, offer)
        return cast("HttpResponseBase", answer)
    return render(request, "account/invitation.html", {**_told(offer), "form": form})


def _say_welcome(request: HttpRequest, offer: Offer) -> None:
    request.session.pop(_KEY, None)
    messages.success(request, _("Welcome to the team of %(name)s.") % {"name": offer.merchant.name})


def _told(offer: Offer) -> dict[str, Any]:
    invitation = offer.invitation
    own = invitation.custom_role
    return {
        "offer": offer,
        "role": role_word(invitation.role, own),
        "words": role_words().get(invitation.role, ("", ""))[1],
    }


def _rules_of(offer: Offer) -> list[AccessRulesOf]:
    with scope.merchant(offer.merchant.id), reading():
        rules = AccessRules.objects.filter(merchant=offer.merchant).first()
    if rules is None:
        return []
    return [
        AccessRulesOf(
            merchant_id=offer.merchant.id,
            merchant_name=offer.merchant.name,
            password_policy=rules.password_policy,
            second_factor_for_all=rules.second_factor_for_all,
        )
    ]


def _kept_by_nobody(answer: HttpResponseBase) -> HttpResponseBase:
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
