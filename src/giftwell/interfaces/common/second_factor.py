"""What stands between a person and a role that asks for a second factor: nothing yet, a reminder, or the way
to set one up.
"""

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from giftwell.foundation.identity.access_rules import access_rules_of
from giftwell.foundation.identity.find_memberships import find_memberships
from giftwell.foundation.identity.models import PlatformRole, User
from giftwell.foundation.identity.second_factor import due_at, has_second_factor
from giftwell.interfaces.common.access import SECOND_FACTOR_ROLES
from giftwell.kit.clock import now


def second_factor_first(
    request: HttpRequest, person: User, role: str, *, merchant_asks: bool = False
) -> HttpResponseBase | None:
    """Where to send somebody who may not go on without a second factor; None for everyone else.

    During the grace period the request carries `second_factor_due_at`, for a reminder on the page.
    """
    if role not in SECOND_FACTOR_ROLES and not merchant_asks:
        return None
    # A session that showed a second factor is done here, without a question to the database.
    if any(one.get("method") == "mfa" for one in get_authentication_records(request, person)):
        return None
    until = due_at(person)
    if now() < until:
        request.second_factor_due_at = until  # type: ignore[attr-defined]
        return None
    return _elsewhere(request, "mfa_reauthenticate" if has_second_factor(person) else "account_second_factor")


def is_asked_of(person: User) -> bool:
    """Whether any role of this person asks for a second factor."""
    roles = {place.role for place in find_memberships(person.pk)}
    roles |= set(PlatformRole.objects.filter(user=person).values_list("role", flat=True))
    return bool(roles & SECOND_FACTOR_ROLES) or any(
        rules.second_factor_for_all for rules in access_rules_of(person.pk)
    )


def _elsewhere(request: HttpRequest, name: str) -> HttpResponseBase:
    if request.headers.get("HX-Request") == "true":
        # htmx would put that page into the middle of this one; the header makes it leave instead.
        response = HttpResponse(status=401)
        response["HX-Redirect"] = reverse(name)
        return response
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
    return redirect_to_login(back, reverse(name))
