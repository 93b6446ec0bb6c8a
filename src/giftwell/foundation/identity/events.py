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


@dataclass(frozen=True, kw_only=True)
class TriesCleared(DomainEvent):
    """An admin let somebody try to sign in again before the wait was over. Subject: the person."""

    TYPE: ClassVar[str] = "person.tries_cleared"


@dataclass(frozen=True, kw_only=True)
class SignInsFlooded(DomainEvent):
    """Far more failed sign-ins in one minute than usual: unknown devices wait. Subject: the word sign_in."""

    TYPE: ClassVar[str] = "sign_in.flooded"


@dataclass(frozen=True, kw_only=True)
class NewAddressAsked(DomainEvent):
    """Somebody wants another e-mail address; nothing changed yet. Subject: the person."""

    TYPE: ClassVar[str] = "person.new_address_asked"


@dataclass(frozen=True, kw_only=True)
class AddressChanged(DomainEvent):
    """Somebody's e-mail address is another one, shown to be theirs at both ends. Subject: the person."""

    TYPE: ClassVar[str] = "person.address_changed"


@dataclass(frozen=True, kw_only=True)
class SecondFactorAdded(DomainEvent):
    """Somebody put an app (`totp`) or a passkey (`webauthn`) beside their password. Subject: the person."""

    TYPE: ClassVar[str] = "person.second_factor_added"

    factor: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved(DomainEvent):
    """Somebody took an app or a passkey off their account. Subject: the person."""

    TYPE: ClassVar[str] = "person.second_factor_removed"

    factor: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorUsed(DomainEvent):
    """Somebody gave a right code, or used a passkey. Subject: the person."""

    TYPE: ClassVar[str] = "person.second_factor_used"

    factor: str


@dataclass(frozen=True, kw_only=True)
class BackupCodesMade(DomainEvent):
    """Somebody has ten new backup codes; those before ended. Subject: the person."""

    TYPE: ClassVar[str] = "person.backup_codes_made"


@dataclass(frozen=True, kw_only=True)
class SecondFactorPostponed(DomainEvent):
    """Somebody was given longer to set up a second factor. Subject: the person."""

    TYPE: ClassVar[str] = "person.second_factor_postponed"


@dataclass(frozen=True, kw_only=True)
class SecondFactorResetAsked(DomainEvent):
    """An admin asked to take the second factor off somebody, and said why. Subject: the person."""

    TYPE: ClassVar[str] = "person.second_factor_reset_asked"

    reason: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorResetDropped(DomainEvent):
    """An admin decided against taking somebody's second factor off. Subject: the person."""

    TYPE: ClassVar[str] = "person.second_factor_reset_dropped"


@dataclass(frozen=True, kw_only=True)
class SecondFactorReset(DomainEvent):
    """A second admin took all second factors off somebody. Subject: the person."""

    TYPE: ClassVar[str] = "person.second_factor_reset"


@dataclass(frozen=True, kw_only=True)
class DeviceSeen(DomainEvent):
    """Somebody signed in with a device that they had not used before. Subject: the person."""

    TYPE: ClassVar[str] = "person.device_seen"

    device: str


@dataclass(frozen=True, kw_only=True)
class SessionsEnded(DomainEvent):
    """Sessions of somebody were ended, by themselves or by an admin. Subject: the person."""

    TYPE: ClassVar[str] = "person.sessions_ended"


@dataclass(frozen=True, kw_only=True)
class PersonDeactivated(DomainEvent):
    """Somebody is shut out. Subject: the person."""

    TYPE: ClassVar[str] = "person.deactivated"

    reason: str


@dataclass(frozen=True, kw_only=True)
class PersonReactivated(DomainEvent):
    """Somebody may sign in again. Subject: the person."""

    TYPE: ClassVar[str] = "person.reactivated"
