"""Who may do what: the permission names, the roles that hold them, and the scopes an API key can carry.

Plain Python without Django, because the point of sale reads it too. `identity` stores role and scope names as
opaque strings; this table is the only place that gives them a meaning. An unknown name allows nothing.
"""

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One thing a role may allow. The part before the dot says where it is done."""

    CONSOLE_VIEW = "console.view"
    CARDS_VIEW = "cards.view"
    CARDS_ISSUE = "cards.issue"
    CARDS_FREEZE = "cards.freeze"
    CARDS_CLOSE = "cards.close"
    CARDS_REVEAL = "cards.reveal"
    CARDS_LOAD = "cards.load"
    CARDS_TRANSFER = "cards.transfer"
    CARDS_REPLACE = "cards.replace"
    CARDS_ADJUST = "cards.adjust"
    CARDS_EXPIRE = "cards.expire"
    CARDS_IMPORT = "cards.import"
    CARDS_EXPORT = "cards.export"
    ORDERS_VIEW = "orders.view"
    ORDERS_REFUND = "orders.refund"
    PRODUCTS_VIEW = "products.view"
    PRODUCTS_EDIT = "products.edit"
    PROGRAMS_EDIT = "programs.edit"
    BRAND_EDIT = "brand.edit"
    LOCATIONS_EDIT = "locations.edit"
    TEAM_VIEW = "team.view"
    TEAM_EDIT = "team.edit"
    KEYS_VIEW = "keys.view"
    KEYS_EDIT = "keys.edit"
    TILL_REDEEM = "till.redeem"
    TILL_REFUND = "till.refund"
    TILL_REFUND_UNLINKED = "till.refund_unlinked"

    PLATFORM_VIEW = "platform.view"
    PLATFORM_MERCHANTS = "platform.merchants"
    PLATFORM_MESSAGES = "platform.messages"
    PLATFORM_GOODWILL = "platform.goodwill"
    PLATFORM_JOBS = "platform.jobs"
    PLATFORM_AUDIT = "platform.audit"


_CASHIER = frozenset({Permission.TILL_REDEEM, Permission.TILL_REFUND})
_PLATFORM = frozenset(one for one in Permission if one.startswith("platform."))
_OWNER = frozenset(Permission) - _PLATFORM

# A manager runs the shop; who works there and which machines may enter stays with the owner.
_MANAGER = _OWNER - {Permission.TEAM_EDIT, Permission.KEYS_EDIT}

ROLES: dict[str, frozenset[Permission]] = {
    "owner": _OWNER,
    "manager": _MANAGER,
    "cashier": _CASHIER,
    "platform_admin": _PLATFORM,
}

# The roles somebody can have at a merchant; a platform role is another kind of thing and never a membership.
MERCHANT_ROLES = ("owner", "manager", "cashier")
PLATFORM_ROLES = ("platform_admin",)

# Who can move money, let people in or see everyone: a password alone does not open these roles. A merchant
# may ask its other people for a second factor as well.
SECOND_FACTOR_ROLES = frozenset({"owner", "manager", "platform_admin"})


def allows(role: str, permission: Permission) -> bool:
    """Whether somebody in this role may do this; an unknown role may do nothing."""
    return permission in ROLES.get(role, frozenset())


class ApiScope(StrEnum):
    """What an API key may be used for."""

    CARDS_READ = "cards:read"
    CARDS_WRITE = "cards:write"
    CARDS_ADJUST = "cards:adjust"
    CARDS_IMPORT = "cards:import"
    PRODUCTS_READ = "products:read"
    PRODUCTS_WRITE = "products:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    REDEMPTIONS_READ = "redemptions:read"
    REFUNDS_UNLINKED = "refunds:unlinked"
    POS = "pos"


SCOPES: dict[str, str] = {
    ApiScope.CARDS_READ: "List and read cards; never their codes.",
    ApiScope.CARDS_WRITE: "Issue, load, freeze, transfer, merge, split, replace and close cards.",
    ApiScope.CARDS_ADJUST: "Correct what is on a card: a little at once, more when a person approves.",
    ApiScope.CARDS_IMPORT: "Bring cards along from another system, and take such an import back.",
    ApiScope.PRODUCTS_READ: "List and read products and designs.",
    ApiScope.PRODUCTS_WRITE: "Create, change and publish products; create and change programs.",
    ApiScope.ORDERS_READ: "List and read orders.",
    ApiScope.ORDERS_WRITE: "Place orders, and refund a card of an order.",
    ApiScope.REDEMPTIONS_READ: "List and read redemptions, authorizations and their refunds.",
    ApiScope.REFUNDS_UNLINKED: "Put value on a card without a redemption that it comes from, within limits.",
    ApiScope.POS: "Work as a till: balance, redeem, authorize, capture, void, refund a redemption, reverse.",
}

READ_SCOPES = frozenset(scope for scope in SCOPES if scope.endswith(":read"))


@dataclass(frozen=True, slots=True)
class AccessRule:
    """What stands before a view, for the test that walks every address and for the map in the documents.

    `kind`: "public", "person", "merchant", "platform", "api", "signature" (a signed message is its own proof)
    or "bearer" (whoever holds the link in the address). `needs` names the permission or the scopes.
    """

    kind: str
    needs: str = ""


KINDS = frozenset({"public", "person", "merchant", "platform", "api", "signature", "bearer"})
