"""A merchant says what it asks of its people's access, beyond what the platform asks of everyone."""

from collections.abc import Iterable
from datetime import datetime

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import AccessRulesChanged
from giftwell.foundation.identity.models import AccessRules
from giftwell.foundation.identity.password_rules import POLICIES
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid
from giftwell.kit.networks import NetworkIsInvalid, is_within, read_networks


class AccessRulesAreInvalid(Invalid):
    """The rules name something that does not exist."""

    code = "access_rules_are_invalid"
    detail = "These rules cannot be used."


def set_access_rules(
    *,
    merchant: Merchant,
    password_policy: str,
    second_factor_for_all: bool,
    networks: Iterable[str] = (),
    address: str = "",
    actor: Actor,
    now: datetime,
) -> AccessRules:
    """Set them; they hold from each person's next password and next request.

    They are added to the platform's rules, so nothing here can loosen those. The desk opens from `networks`
    only, where some are named; `address` is where the actor is, who must not shut themselves out. Raises
    `AccessRulesAreInvalid`, `MerchantIsSuspended`.
    """
    if password_policy not in POLICIES:
        raise AccessRulesAreInvalid(errors={"password_policy": f"Choose one of: {', '.join(POLICIES)}."})
    found = _checked_networks(networks, address)
    if not merchant.is_active:
        raise MerchantIsSuspended
    with scope.merchant(merchant.id), transaction():
        rules = AccessRules.objects.filter(merchant=merchant).select_for_update(of=("self",)).first()
        before = (
            (rules.password_policy, rules.second_factor_for_all, rules.networks)
            if rules
            else (None, False, [])
        )
        wanted = {
            "password_policy": password_policy,
            "second_factor_for_all": second_factor_for_all,
            "networks": found,
        }
        rules, _ = AccessRules.objects.update_or_create(
            merchant=merchant, defaults={**wanted, "changed_at": now}
        )
        changes = {
            name: [old, new] for (name, new), old in zip(wanted.items(), before, strict=True) if old != new
        }
        if changes:
            event = AccessRulesChanged(merchant_id=merchant.id, subject=merchant.public_id)
            record(event, actor=actor, at=now, changes=changes)
    return rules


def _checked_networks(networks: Iterable[str], address: str) -> list[str]:
    try:
        found = read_networks(networks)
    except NetworkIsInvalid as error:
        raise AccessRulesAreInvalid(errors={"networks": error.detail}) from None
    if found and address and not is_within(address, found):
        reason = f"You are at {address}, which is in none of these: you would shut yourself out."
        raise AccessRulesAreInvalid(errors={"networks": reason})
    return found
