"""Roles that a merchant puts together itself: made, changed, and dropped when nobody has them.

What a role may do are opaque names here; whoever calls has checked that they exist and that nobody gives
more than they have. A change holds for everyone in the role from their next request on.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import RoleChanged, RoleDefined, RoleDropped
from giftwell.foundation.identity.models import Invitation, Membership, Role
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.identity.team_rules import RoleIsUnknown
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid, Refused

MOST = 30
_TAKEN = frozenset({"owner", "manager", "finance", "cashier", "developer", "auditor", "custom"})


class RoleIsInvalid(Invalid):
    """Name or permissions do not hold; `errors` names the fields."""

    code = "role_is_invalid"
    detail = "Some details of the role are not valid."


class RoleNameIsTaken(Refused):
    """Two roles of one name could not be told apart."""

    code = "role_name_is_taken"
    detail = "Another role has this name already."


class TooManyRoles(Refused):
    """More roles than anybody could keep apart."""

    code = "too_many_roles"
    detail = f"A shop has at most {MOST} roles of its own."


class RoleIsInUse(Refused):
    """Somebody has it, or is offered it."""

    code = "role_is_in_use"
    detail = "Somebody has this role, or is invited to it. Give them another one first."


def define_role(
    *, merchant: Merchant, name: str, permissions: Iterable[str], actor: Actor, now: datetime
) -> Role:
    """Make a role. Raises `RoleIsInvalid`, `RoleNameIsTaken`, `TooManyRoles`, `MerchantIsSuspended`."""
    name, wanted = _checked(merchant, name, permissions)
    with scope.merchant(merchant.id), transaction():
        others = _locked(merchant)
        if len(others) >= MOST:
            raise TooManyRoles
        _refuse_twin(name, others)
        role = Role.objects.create(merchant=merchant, name=name, permissions=wanted, created_at=now)
        event = RoleDefined(merchant_id=merchant.id, subject=role.public_id)
        record(event, actor=actor, at=now, changes={"name": [None, name], "permissions": [None, wanted]})
    return role


def change_role(
    *,
    merchant: Merchant,
    role_id: UUID,
    name: str,
    permissions: Iterable[str],
    actor: Actor,
    now: datetime,
) -> Role:
    """Change it. Raises `RoleIsUnknown`, `RoleIsInvalid`, `RoleNameIsTaken`, `MerchantIsSuspended`."""
    name, wanted = _checked(merchant, name, permissions)
    with scope.merchant(merchant.id), transaction():
        roles = _locked(merchant)
        role = next((one for one in roles if one.id == role_id), None)
        if role is None:
            raise RoleIsUnknown
        _refuse_twin(name, [one for one in roles if one.id != role_id])
        before = {"name": role.name, "permissions": sorted(role.permissions)}
        after = {"name": name, "permissions": wanted}
        changes = {field: [before[field], after[field]] for field in before if before[field] != after[field]}
        if changes:
            role.name, role.permissions = name, wanted
            role.save(update_fields=["name", "permissions"])
            event = RoleChanged(merchant_id=merchant.id, subject=role.public_id)
            record(event, actor=actor, at=now, changes=changes)
    return role


def drop_role(*, merchant: Merchant, role_id: UUID, actor: Actor, now: datetime) -> None:
    """Delete a role nobody has. Raises `RoleIsUnknown`, `RoleIsInUse`."""
    with scope.merchant(merchant.id), transaction():
        role = next((one for one in _locked(merchant) if one.id == role_id), None)
        if role is None:
            raise RoleIsUnknown
        offered = Invitation.objects.filter(merchant=merchant, custom_role=role)
        if Membership.objects.filter(merchant=merchant, custom_role=role).exists() or offered.exists():
            raise RoleIsInUse
        event = RoleDropped(merchant_id=merchant.id, subject=role.public_id)
        changes = {"name": [role.name, None], "permissions": [sorted(role.permissions), None]}
        role.delete()
        record(event, actor=actor, at=now, changes=changes)


def _checked(merchant: Merchant, name: str, permissions: Iterable[str]) -> tuple[str, list[str]]:
    if not merchant.is_active:
        raise MerchantIsSuspended
    name, wanted = name.strip(), sorted(set(permissions))
    errors: dict[str, str] = {}
    if not name or len(name) > 40 or not name.isprintable():
        errors["name"] = "Give the role a name of at most 40 characters."
    elif name.lower() in _TAKEN:
        errors["name"] = "This name belongs to a role that every shop has."
    if not wanted:
        errors["permissions"] = "Choose at least one thing that the role may do."
    if errors:
        raise RoleIsInvalid(errors=errors)
    return name, wanted


def _locked(merchant: Merchant) -> list[Role]:
    """The merchant's roles, while nobody else defines one: the merchant's row is the lock of the list."""
    Merchant.objects.select_for_update(of=("self",), no_key=True).get(pk=merchant.pk)
    return list(Role.objects.filter(merchant=merchant).order_by("pk").select_for_update(of=("self",)))


def _refuse_twin(name: str, others: Iterable[Role]) -> None:
    if any(one.name.lower() == name.lower() for one in others):
        raise RoleNameIsTaken
