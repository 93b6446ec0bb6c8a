"""The request as a page sees it, once it is known who calls and where they are."""

from django.http import HttpRequest

from giftwell.foundation.identity.find_memberships import Workplace
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy.models import Merchant
from giftwell.interfaces.common.access import Permission
from giftwell.kit.actor import Actor


class PageRequest(HttpRequest):
    """The request as a decorated view sees it; only for annotations, never instantiated."""

    user: User
    actor: Actor
    merchant: Merchant
    role: str
    workplace: Workplace
    merchant_asks: bool
    workplaces: list[Workplace]
    permissions: frozenset[Permission]
