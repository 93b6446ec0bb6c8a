"""Who may enter a merchant's pages and the platform's, in which role and from where."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.http import Http404

from giftwell.foundation.audit.attempts import note_refusal
from giftwell.foundation.identity.find_memberships import find_memberships
from giftwell.foundation.identity.models import AccessRules, PlatformRole
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import ROLES, Permission, permissions_at
from giftwell.interfaces.common.entrance import NotFromHere
from giftwell.interfaces.common.page_request import PageRequest
from giftwell.kit.clock import now
from giftwell.kit.errors import Forbidden
from giftwell.kit.networks import is_within


class NotYourRole(Forbidden):
    """The person works here, but not in a role that may open this page."""

    code = "not_your_role"
    detail = "Your role does not open this page. Ask the owner of the shop if you need it."


def enter_workplace(page: PageRequest, slug: str, permission: Permission) -> None:
    """Put merchant and role on the request, or raise what keeps this person out."""
    page.workplaces = find_memberships(page.user.pk)
    place = next((one for one in page.workplaces if one.slug == slug), None)
    if place is None:
        raise Http404
    if place.is_suspended:
        raise MerchantIsSuspended
    page.permissions = permissions_at(place)
    if permission not in page.permissions:
        _note_refused(page, permission, place.merchant_id, NotYourRole.code)
        raise NotYourRole
    rules = AccessRules.objects.filter(merchant=OuterRef("pk"))
    with scope.merchant(place.merchant_id), reading():
        page.merchant = Merchant.objects.annotate(
            asks=Subquery(rules.values("second_factor_for_all")), networks=Subquery(rules.values("networks"))
        ).get(id=place.merchant_id)
    page.merchant_asks = bool(page.merchant.asks)
    page.workplace, page.role = place, place.role
    # The till stands in a shop whose address changes with its router; the desk need not.
    if not permission.startswith("till."):
        _refuse_from_elsewhere(page, permission, page.merchant.networks or (), place.merchant_id)


def enter_platform(page: PageRequest, permission: Permission) -> str:
    """Put the permissions on the request and give back the role, or raise what keeps this person out."""
    roles = list(PlatformRole.objects.filter(user=page.user).order_by("role").values_list("role", flat=True))
    if not roles:
        raise Http404
    page.permissions = frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))
    if permission not in page.permissions:
        _note_refused(page, permission, None, NotYourRole.code)
        raise NotYourRole
    _refuse_from_elsewhere(page, permission, settings.BACKOFFICE_NETWORKS, None)
    return roles[0]


def _refuse_from_elsewhere(
    page: PageRequest, permission: Permission, networks: Sequence[str], merchant_id: UUID | None
) -> None:
    """Raise `NotFromHere` where there is a list of networks and the caller is in none of them."""
    if networks and not is_within(str(page.META.get("REMOTE_ADDR", "")), networks):
        _note_refused(page, permission, merchant_id, NotFromHere.code)
        raise NotFromHere


def _note_refused(page: PageRequest, permission: Permission, merchant_id: UUID | None, reason: str) -> None:
    """A door that somebody tried and that is not theirs is written down."""
    note_refusal(
        permission,
        actor=page.actor,
        subject=page.user.public_id,
        reason=reason,
        merchant_id=merchant_id,
        at=now(),
    )
