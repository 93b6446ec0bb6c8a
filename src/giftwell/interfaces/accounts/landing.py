"""Where somebody belongs after signing in."""

from django.urls import reverse

from giftwell.foundation.identity.find_memberships import find_memberships
from giftwell.foundation.identity.models import PlatformRole, User
from giftwell.interfaces.accounts.drafts import draft_of
from giftwell.interfaces.common.access import Permission, permissions_at


def home_of(user: User) -> str:
    """The page somebody most likely wants: what they began, then their shop or till, the platform, their
    wallet.
    """
    if draft_of(user.pk):
        return reverse("start")
    for place in find_memberships(user.pk):
        if place.is_suspended or place.is_sandbox:
            continue
        may = permissions_at(place)
        if Permission.CONSOLE_VIEW in may:
            return console_of(place.slug)
        if Permission.TILL_REDEEM in may:
            return f"/till/{place.slug}/"
    if PlatformRole.objects.filter(user=user).exists():
        return "/backoffice/"
    return "/wallet/"


def console_of(slug: str) -> str:
    """A merchant's console.

    Written out, because interfaces do not know each other; the journeys hold it true.
    """
    return f"/console/{slug}/"
