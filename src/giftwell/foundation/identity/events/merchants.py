"""What can happen to a merchant: its places, its team, its keys and who may come in.

Ids and names of roles only: an event is a public contract.
"""

from dataclasses import dataclass
from typing import ClassVar

from giftwell.foundation.events.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class MerchantCreated(DomainEvent):
    """A merchant exists, or its sandbox twin. Subject: the merchant."""

    TYPE: ClassVar[str] = "merchant.created"

    slug: str
    currency: str
    is_sandbox: bool


@dataclass(frozen=True, kw_only=True)
class MerchantSuspended(DomainEvent):
    """The platform stopped a merchant: it neither sells nor redeems. Subject: the merchant."""

    TYPE: ClassVar[str] = "merchant.suspended"

    reason: str


@dataclass(frozen=True, kw_only=True)
class MerchantReinstated(DomainEvent):
    """A suspended merchant may work again. Subject: the merchant."""

    TYPE: ClassVar[str] = "merchant.reinstated"


@dataclass(frozen=True, kw_only=True)
class LocationAdded(DomainEvent):
    """A merchant has a further place where cards are redeemed. Subject: the location."""

    TYPE: ClassVar[str] = "location.added"


@dataclass(frozen=True, kw_only=True)
class MemberAdded(DomainEvent):
    """A person works for a merchant now. Subject: the person."""

    TYPE: ClassVar[str] = "member.added"

    role: str


@dataclass(frozen=True, kw_only=True)
class ApiKeyCreated(DomainEvent):
    """A machine has a credential. Subject: the key."""

    TYPE: ClassVar[str] = "api_key.created"

    scopes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ApiKeyRevoked(DomainEvent):
    """A credential is worth nothing any more. Subject: the key."""

    TYPE: ClassVar[str] = "api_key.revoked"


@dataclass(frozen=True, kw_only=True)
class LocationRenamed(DomainEvent):
    """A place has another name. Subject: the location."""

    TYPE: ClassVar[str] = "location.renamed"


@dataclass(frozen=True, kw_only=True)
class LocationClosed(DomainEvent):
    """No till stands at this place any more; what was redeemed there keeps it. Subject: the location."""

    TYPE: ClassVar[str] = "location.closed"


@dataclass(frozen=True, kw_only=True)
class LocationReopened(DomainEvent):
    """Tills may stand at this place again. Subject: the location."""

    TYPE: ClassVar[str] = "location.reopened"


@dataclass(frozen=True, kw_only=True)
class MemberRemoved(DomainEvent):
    """A person no longer works for a merchant. Subject: the person."""

    TYPE: ClassVar[str] = "member.removed"

    role: str


@dataclass(frozen=True, kw_only=True)
class MemberChanged(DomainEvent):
    """A person has another role at a merchant, or other places. Subject: the person."""

    TYPE: ClassVar[str] = "member.changed"

    role: str


@dataclass(frozen=True, kw_only=True)
class OwnershipTransferred(DomainEvent):
    """An owner made somebody else the owner, and is a manager now. Subject: the merchant."""

    TYPE: ClassVar[str] = "merchant.ownership_transferred"

    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class MemberInvited(DomainEvent):
    """Somebody was offered a role by mail. Subject: the invitation."""

    TYPE: ClassVar[str] = "member.invited"

    role: str


@dataclass(frozen=True, kw_only=True)
class InvitationAccepted(DomainEvent):
    """Whom it was for said yes. Subject: the invitation."""

    TYPE: ClassVar[str] = "invitation.accepted"

    person: str


@dataclass(frozen=True, kw_only=True)
class InvitationWithdrawn(DomainEvent):
    """The offer does not hold any more. Subject: the invitation."""

    TYPE: ClassVar[str] = "invitation.withdrawn"


@dataclass(frozen=True, kw_only=True)
class RoleDefined(DomainEvent):
    """A merchant put a role of its own together. Subject: the role."""

    TYPE: ClassVar[str] = "role.defined"


@dataclass(frozen=True, kw_only=True)
class RoleChanged(DomainEvent):
    """A merchant's own role has another name, or may do other things. Subject: the role."""

    TYPE: ClassVar[str] = "role.changed"


@dataclass(frozen=True, kw_only=True)
class RoleDropped(DomainEvent):
    """A merchant's own role is gone; nobody had it. Subject: the role."""

    TYPE: ClassVar[str] = "role.dropped"


@dataclass(frozen=True, kw_only=True)
class ApiKeyChanged(DomainEvent):
    """A key has another name, other networks or another limit. Subject: the key."""

    TYPE: ClassVar[str] = "api_key.changed"


@dataclass(frozen=True, kw_only=True)
class ApiKeyRotated(DomainEvent):
    """A key has a successor and ends soon. Subject: the key that ends."""

    TYPE: ClassVar[str] = "api_key.rotated"

    successor: str


@dataclass(frozen=True, kw_only=True)
class AccessRulesChanged(DomainEvent):
    """A merchant changed what it asks of its people's access. Subject: the merchant."""

    TYPE: ClassVar[str] = "access_rules.changed"
