"""Who may do what: the permission names, the roles that hold them, and the scopes an API key can carry.

Plain Python without Django, because the point of sale reads it too. `identity` stores role and scope names as
opaque strings; this table is the only place that gives them a meaning. An unknown name allows nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


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
    ACCESS_VIEW = "access.view"
    ACCESS_EDIT = "access.edit"
    AUDIT_VIEW = "audit.view"
    TILL_REDEEM = "till.redeem"
    TILL_REFUND = "till.refund"
    TILL_REFUND_UNLINKED = "till.refund_unlinked"

    PLATFORM_VIEW = "platform.view"
    PLATFORM_MERCHANTS = "platform.merchants"
    PLATFORM_MESSAGES = "platform.messages"
    PLATFORM_PEOPLE = "platform.people"
    PLATFORM_PEOPLE_EDIT = "platform.people_edit"
    PLATFORM_GOODWILL = "platform.goodwill"
    PLATFORM_JOBS = "platform.jobs"
    PLATFORM_AUDIT = "platform.audit"


_CASHIER = frozenset({Permission.TILL_REDEEM, Permission.TILL_REFUND})
_PLATFORM = frozenset(one for one in Permission if one.startswith("platform."))
_OWNER = frozenset(Permission) - _PLATFORM

# A manager runs the shop; who works there, which machines may enter and from where, and the record of who
# did what, stay with the owner.
_MANAGER = _OWNER - {
    Permission.TEAM_EDIT, Permission.KEYS_EDIT, Permission.ACCESS_EDIT, Permission.AUDIT_VIEW,
}  # fmt: skip

# Reads everything that is the merchant's and changes nothing.
_AUDITOR = frozenset(one for one in _OWNER if one.endswith(".view"))

# Money that was given or taken wrongly is theirs to put right; what is sold and how it looks is not.
_FINANCE = frozenset(
    {
        Permission.CONSOLE_VIEW, Permission.CARDS_VIEW, Permission.CARDS_FREEZE, Permission.CARDS_ADJUST,
        Permission.ORDERS_VIEW, Permission.ORDERS_REFUND, Permission.PRODUCTS_VIEW, Permission.TEAM_VIEW,
    }
)  # fmt: skip

# Connects machines. A key holds no more than whoever makes it, so live ones of theirs can only read.
_DEVELOPER = frozenset(
    {
        Permission.CONSOLE_VIEW, Permission.CARDS_VIEW, Permission.ORDERS_VIEW, Permission.PRODUCTS_VIEW,
        Permission.KEYS_VIEW, Permission.KEYS_EDIT,
    }
)  # fmt: skip

# Sees how things stand and whom to ask; stops nobody and gives nothing.
_SUPPORT = frozenset({Permission.PLATFORM_VIEW, Permission.PLATFORM_MESSAGES, Permission.PLATFORM_PEOPLE})

ROLES: dict[str, frozenset[Permission]] = {
    "owner": _OWNER,
    "manager": _MANAGER,
    "finance": _FINANCE,
    "cashier": _CASHIER,
    "developer": _DEVELOPER,
    "auditor": _AUDITOR,
    "platform_admin": _PLATFORM,
    "support": _SUPPORT,
}

# The roles somebody can have at a merchant; a platform role is another kind of thing and never a membership.
OWNER = "owner"
MERCHANT_ROLES = (OWNER, "manager", "finance", "cashier", "developer", "auditor")
PLATFORM_ROLES = ("platform_admin", "support")

# A role that the merchant put together itself; what it may do is written with the merchant.
CUSTOM = "custom"

# What a merchant may put into a role of its own. Who may enter, and how, stays with the owner.
CUSTOM_PERMISSIONS = _OWNER - {Permission.TEAM_EDIT, Permission.ACCESS_EDIT}

# Who can move money, let people in or see everyone: a password alone does not open these roles. A merchant
# may ask its other people for a second factor as well.
SECOND_FACTOR_ROLES = frozenset({OWNER, "manager", "finance", "platform_admin", "support"})
# What a role of the merchant's own may hold and still be asked for nothing more than a cashier is.
_HARMLESS = _CASHIER | _AUDITOR


class Place(Protocol):
    """Where somebody works, as far as this table asks."""

    @property
    def role(self) -> str:
        """The name of their role there."""

    @property
    def permissions(self) -> Iterable[str] | None:
        """What a role of the merchant's own may do, else None."""


def allows(role: str, permission: Permission) -> bool:
    """Whether somebody in this role may do this; an unknown role may do nothing."""
    return permission in ROLES.get(role, frozenset())


def permissions_at(place: Place) -> frozenset[Permission]:
    """What somebody may do there; names nobody knows any more allow nothing."""
    if place.role != CUSTOM:
        return ROLES.get(place.role, frozenset())
    named = set(place.permissions or ())
    return frozenset(one for one in CUSTOM_PERMISSIONS if one in named)


def asks_second_factor(role: str, permissions: Iterable[Permission]) -> bool:
    """Whether this role is shut to a password alone."""
    return role in SECOND_FACTOR_ROLES or (role == CUSTOM and bool(frozenset(permissions) - _HARMLESS))


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
    TEAM_READ = "team:read"
    TEAM_WRITE = "team:write"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
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
    ApiScope.TEAM_READ: "List the people of the team, invitations and roles.",
    ApiScope.TEAM_WRITE: "Invite people, change their roles and remove them; never an owner.",
    ApiScope.KEYS_READ: "List the keys; never their secrets.",
    ApiScope.KEYS_WRITE: "Make, rotate and revoke keys that may do no more than this one.",
    ApiScope.POS: "Work as a till: balance, redeem, authorize, capture, void, refund a redemption, reverse.",
}

READ_SCOPES = frozenset(scope for scope in SCOPES if scope.endswith(":read"))

# What somebody has to be allowed themselves before a key that they make may carry the scope.
_BEHIND: dict[str, frozenset[Permission]] = {
    ApiScope.CARDS_READ: frozenset({Permission.CARDS_VIEW}),
    ApiScope.CARDS_WRITE: frozenset(
        {
            Permission.CARDS_ISSUE, Permission.CARDS_FREEZE, Permission.CARDS_CLOSE, Permission.CARDS_REVEAL,
            Permission.CARDS_LOAD, Permission.CARDS_TRANSFER, Permission.CARDS_REPLACE,
            Permission.CARDS_EXPIRE,
        }
    ),
    ApiScope.CARDS_ADJUST: frozenset({Permission.CARDS_ADJUST}),
    ApiScope.CARDS_IMPORT: frozenset({Permission.CARDS_IMPORT}),
    ApiScope.PRODUCTS_READ: frozenset({Permission.PRODUCTS_VIEW}),
    ApiScope.PRODUCTS_WRITE: frozenset({Permission.PRODUCTS_EDIT, Permission.PROGRAMS_EDIT}),
    ApiScope.ORDERS_READ: frozenset({Permission.ORDERS_VIEW}),
    ApiScope.ORDERS_WRITE: frozenset({Permission.ORDERS_REFUND}),
    ApiScope.REDEMPTIONS_READ: frozenset({Permission.CARDS_VIEW}),
    ApiScope.REFUNDS_UNLINKED: frozenset({Permission.TILL_REFUND_UNLINKED}),
    ApiScope.TEAM_READ: frozenset({Permission.TEAM_VIEW}),
    ApiScope.TEAM_WRITE: frozenset({Permission.TEAM_EDIT}),
    ApiScope.KEYS_READ: frozenset({Permission.KEYS_VIEW}),
    ApiScope.KEYS_WRITE: frozenset({Permission.KEYS_EDIT}),
    ApiScope.POS: frozenset({Permission.TILL_REDEEM, Permission.TILL_REFUND}),
}  # fmt: skip


def scopes_behind(permissions: Iterable[Permission], *, is_sandbox: bool) -> frozenset[str]:
    """The scopes that somebody with these permissions may put on a key.

    Keys of a sandbox move no money and see nobody, so there a developer tries everything but letting in.
    """
    held = frozenset(permissions)
    rehearsed = frozenset(SCOPES) - {ApiScope.TEAM_WRITE, ApiScope.KEYS_WRITE}
    own = frozenset(scope for scope, needed in _BEHIND.items() if needed <= held)
    return own | rehearsed if is_sandbox else own


@dataclass(frozen=True, slots=True)
class AccessRule:
    """What stands before a view, for the test that walks every address and for the map in the documents.

    `kind`: "public", "person", "merchant", "platform", "api", "signature" (a signed message is its own proof)
    or "bearer" (whoever holds the link in the address). `needs` names the permission or the scopes.
    """

    kind: str
    needs: str = ""


KINDS = frozenset({"public", "person", "merchant", "platform", "api", "signature", "bearer"})
