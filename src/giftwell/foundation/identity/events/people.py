"""What can happen to a person: how they get in, what they are asked for, where they are signed in.

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
