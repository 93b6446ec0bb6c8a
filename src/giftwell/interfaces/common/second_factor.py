"""What stands between a person and a role that asks for a second factor: nothing yet, a reminder, or the way
to set one up.
"""

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponseBase

from giftwell.foundation.identity.access_rules import access_rules_of
from giftwell.foundation.identity.find_memberships import find_memberships
from giftwell.foundation.identity.models import PlatformRole, User
from giftwell.foundation.identity.second_factor import due_at, has_second_factor
from giftwell.interfaces.common.access import asks_second_factor, permissions_at
from giftwell.interfaces.common.leaving import leave_for
from giftwell.kit.clock import now


def second_factor_first(request: HttpRequest, person: User, *, asked: bool) -> HttpResponseBase | None:
    """Where to send somebody whose role asks for a second factor that is missing; None for everyone else.

    During the grace period the request carries `second_factor_due_at`, for a reminder on the page.
    """
    if not asked:
        return None
    # A session that showed a second factor is done here, without a question to the database.
    if any(one.get("method") == "mfa" for one in get_authentication_records(request, person)):
        return None
    until = due_at(person)
    if now() < until:
        request.second_factor_due_at = until  # type: ignore[attr-defined]
        return None
    return leave_for(request, "mfa_reauthenticate" if has_second_factor(person) else "account_second_factor")


def is_asked_of(person: User) -> bool:
    """Whether any role of this person asks for a second factor."""
    roles = PlatformRole.objects.filter(user=person).values_list("role", flat=True)
    return (
        any(asks_second_factor(one.role, permissions_at(one)) for one in find_memberships(person.pk))
        or any(asks_second_factor(role, ()) for role in roles)
        or any(rules.second_factor_for_all for rules in access_rules_of(person.pk))
    )
