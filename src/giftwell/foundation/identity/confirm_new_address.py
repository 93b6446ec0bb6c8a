"""Follow one of the two links of a change of address; with the second one the address changes."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import IntegrityError
from django.db.models import Q

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.ask_for_new_address import hash_of_end
from giftwell.foundation.identity.events import AddressChanged
from giftwell.foundation.identity.models import AddressChange, User
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound

HOLDS = timedelta(days=1)


class LinkIsDead(NotFound):
    """The link was never ours, is older than a day, was replaced, or its address was taken meanwhile."""

    code = "address_link_is_dead"
    detail = "This link does not work any more. Your address is as it was."


def find_change(token: str, *, now: datetime) -> AddressChange:
    """The change this link belongs to; looking changes nothing. Raises `LinkIsDead`."""
    end = hash_of_end(token)
    open_ones = AddressChange.objects.filter(asked_at__gt=now - HOLDS)
    found = open_ones.filter(Q(old_end_hash=end) | Q(new_end_hash=end)).first()
    if found is None:
        raise LinkIsDead
    return found


def confirm_new_address(*, token: str, now: datetime) -> tuple[User, str] | None:
    """Confirm one end. With the other one confirmed as well: the person and the address they had before.

    Safe to repeat until then. Raises `LinkIsDead`.
    """
    try:
        with transaction():
            found = find_change(token, now=now)
            # Both links followed at once must not each believe that the other is still to come.
            change = AddressChange.objects.select_for_update(of=("self",)).get(pk=found.pk)
            if bytes(change.old_end_hash) == hash_of_end(token):
                change.old_end_at = change.old_end_at or now
            else:
                change.new_end_at = change.new_end_at or now
            change.save(update_fields=["old_end_at", "new_end_at"])
            if not (change.old_end_at and change.new_end_at):
                return None
            return _change(change, now)
    except IntegrityError as error:
        raise LinkIsDead from error


def _change(change: AddressChange, now: datetime) -> tuple[User, str]:
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=change.user_id)
    before, user.email = user.email, change.new_email
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    change.delete()
    event = AddressChanged(merchant_id=None, subject=user.public_id)
    record(event, actor=Actor.person(user.id), at=now)
    return user, before
