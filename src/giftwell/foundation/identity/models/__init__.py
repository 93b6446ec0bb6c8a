"""Tables of people, memberships and keys, by noun.

What belongs to a merchant (memberships, roles, invitations, access rules, keys) is under row-level security;
what belongs to a person alone stands outside it.
"""

from giftwell.foundation.identity.models.addresses import AddressChange
from giftwell.foundation.identity.models.factors import BackupCode, SecondFactorReset
from giftwell.foundation.identity.models.invitations import Invitation
from giftwell.foundation.identity.models.keys import ApiKey, KeyMinute
from giftwell.foundation.identity.models.passwords import PastPassword
from giftwell.foundation.identity.models.people import PlatformRole, User, Users
from giftwell.foundation.identity.models.sessions import Device, Session
from giftwell.foundation.identity.models.team import CUSTOM, AccessRules, Membership, MembershipLocation, Role
from giftwell.foundation.identity.models.tries import Tries, TriesMinute

__all__ = [
    "CUSTOM",
    "AccessRules",
    "AddressChange",
    "ApiKey",
    "BackupCode",
    "Device",
    "Invitation",
    "KeyMinute",
    "Membership",
    "MembershipLocation",
    "PastPassword",
    "PlatformRole",
    "Role",
    "SecondFactorReset",
    "Session",
    "Tries",
    "TriesMinute",
    "User",
    "Users",
]
