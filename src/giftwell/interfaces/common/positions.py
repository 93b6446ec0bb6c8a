"""Roles as people and machines name them: a word, or the id of a role of the merchant's own."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from giftwell.foundation.identity.models import CUSTOM, Role
from giftwell.foundation.identity.team_rules import LocationIsUnknown, Position, RoleIsUnknown
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import MERCHANT_ROLES
from giftwell.kit.ids import UnknownId, parse_id


def role_words() -> dict[str, tuple[str, str]]:
    """The name of each role that every merchant has, and what it may do."""
    return {
        "owner": (_("Owner"), _("Everything, and who works here.")),
        "manager": (_("Manager"), _("Everything but the team, the keys and how people get in.")),
        "finance": (_("Finance"), _("Sees sales and cards; refunds, freezes and corrects them.")),
        "cashier": (_("Cashier"), _("The till: redeem and give back.")),
        "developer": (_("Developer"), _("Keys for machines; sees cards, orders and products.")),
        "auditor": (_("Auditor"), _("Sees everything and changes nothing.")),
    }


def role_word(role: str, custom_role: Role | None) -> str:
    """What a role is called."""
    return custom_role.name if custom_role is not None else role_words().get(role, (role, ""))[0]


def roles_of(merchant: Merchant) -> list[Role]:
    """The merchant's own roles by name, in the scope in force."""
    with reading():
        return list(Role.objects.filter(merchant=merchant).order_by("name", "id"))


def read_position(merchant: Merchant, role: str, location_ids: Iterable[str]) -> Position:
    """The position these names stand for, in the merchant's scope.

    Raises `RoleIsUnknown`, and `LocationIsUnknown` for a place that is not this merchant's or is closed.
    """
    wanted = list(dict.fromkeys(location_ids))
    with reading():
        own = None if role in MERCHANT_ROLES else _own_role(merchant, role)
        open_places = Location.objects.filter(merchant=merchant, is_active=True)
        places = {one.public_id: one for one in open_places}
    if any(one not in places for one in wanted):
        raise LocationIsUnknown
    locations = [places[one] for one in wanted]
    return Position(role, None, locations) if own is None else Position(CUSTOM, own, locations)


def _own_role(merchant: Merchant, text: str) -> Role:
    try:
        found = Role.objects.filter(merchant=merchant, id=parse_id(Role.PREFIX, text)).first()
    except UnknownId:
        found = None
    if found is None:
        raise RoleIsUnknown
    return found
