"""What can happen to people, memberships and keys.

Ids and names of roles only: an event is a public contract.
"""

from dataclasses import dataclass
from typing import ClassVar

from giftwell.foundation.events.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class PersonCreated(DomainEvent):
    """Somebody has an account. Subject: the person."""

    TYPE: ClassVar[str] = "person.created"


@dataclass(frozen=True, kw_only=True)
class PersonSignedIn(DomainEvent):
    """Somebody showed who they are. Subject: the person."""

    TYPE: ClassVar[str] = "person.signed_in"


@dataclass(frozen=True, kw_only=True)
class PersonSignedOut(DomainEvent):
    """Somebody ended their session. Subject: the person."""

    TYPE: ClassVar[str] = "person.signed_out"


@dataclass(frozen=True, kw_only=True)
class AddressVerified(DomainEvent):
    """Somebody followed the link in the mail: the address is theirs. Subject: the person."""

    TYPE: ClassVar[str] = "person.address_verified"


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(DomainEvent):
    """Somebody who knew the old password set a new one. Subject: the person."""

    TYPE: ClassVar[str] = "person.password_changed"


@dataclass(frozen=True, kw_only=True)
class PasswordReset(DomainEvent):
    """Somebody set a new password through a link in a mail. Subject: the person."""

    TYPE: ClassVar[str] = "person.password_reset"


@dataclass(frozen=True, kw_only=True)
class PlatformRoleGiven(DomainEvent):
    """A command on the server gave a person a role on the platform. Subject: the person."""

    TYPE: ClassVar[str] = "platform_role.given"

    role: str


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
