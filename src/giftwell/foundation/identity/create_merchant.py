"""Make a merchant and its sandbox twin, each with a first location and with the same owner."""

from datetime import datetime

from django.db import connection

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.add_location import add_location
from giftwell.foundation.identity.add_member import add_member
from giftwell.foundation.identity.events import MerchantCreated
from giftwell.foundation.identity.models import User
from giftwell.foundation.identity.rules import (
    TWIN_SUFFIX,
    SlugIsReserved,
    check_details,
    is_usable_slug,
    locale_for,
    slug_from,
)
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused

OWNER = "owner"


class SlugIsTaken(Refused):
    """Another merchant has the address that was asked for."""

    code = "slug_is_taken"
    detail = "Another shop has this address already."


def create_merchant(
    *,
    name: str,
    owner: User,
    country: str,
    currency: str,
    time_zone: str,
    actor: Actor,
    now: datetime,
    slug: str | None = None,
    location_name: str | None = None,
) -> Merchant:
    """Create the live merchant and its sandbox twin (`<slug>-test`), and give back the live one.

    Both get `owner` as their owner and one location (`location_name`, or the business's name). Without `slug`
    the address is made from the name, with a number where that one is taken. What the shop sells is set up by
    the catalog. Raises `MerchantDetailsAreInvalid`, `SlugIsReserved`, `SlugIsTaken`.
    """
    name = name.strip()
    check_details(name=name, country=country, currency=currency, time_zone=time_zone)
    if slug is not None and not is_usable_slug(slug):
        raise SlugIsReserved
    with transaction():
        address = _free_slug(slug or slug_from(name), is_fixed=slug is not None)
        live = Merchant(
            name=name,
            slug=address,
            country=country,
            currency=currency,
            time_zone=time_zone,
            locale=locale_for(country),
            contact_email=owner.email,
            created_at=now,
        )
        _open(live, owner=owner, location_name=location_name or name, actor=actor, now=now)
        _open(_twin_of(live), owner=owner, location_name=location_name or name, actor=actor, now=now)
    return live


def _free_slug(wanted: str, *, is_fixed: bool) -> str:
    """An address nobody has, neither for the merchant nor for its twin."""
    # Two people naming their shop alike at once would both find the address free; the lock ends with the
    # transaction.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('identity.merchant_slug'))")
    with scope.platform():
        taken = set(Merchant.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    if wanted not in taken and wanted + TWIN_SUFFIX not in taken:
        return wanted
    if is_fixed:
        raise SlugIsTaken
    number = 2
    while f"{wanted}-{number}" in taken or f"{wanted}-{number}{TWIN_SUFFIX}" in taken:
        number += 1
    return f"{wanted}-{number}"


def _twin_of(live: Merchant) -> Merchant:
    return Merchant(
        name=live.name,
        slug=live.slug + TWIN_SUFFIX,
        country=live.country,
        currency=live.currency,
        time_zone=live.time_zone,
        locale=live.locale,
        contact_email=live.contact_email,
        live_merchant=live,
        created_at=live.created_at,
    )


def _open(merchant: Merchant, *, owner: User, location_name: str, actor: Actor, now: datetime) -> None:
    with scope.merchant(merchant.id):
        merchant.save(force_insert=True)
        event = MerchantCreated(
            merchant_id=merchant.id,
            subject=merchant.public_id,
            slug=merchant.slug,
            currency=merchant.currency,
            is_sandbox=merchant.is_sandbox,
        )
        record(event, actor=actor, at=now)
        add_location(merchant=merchant, name=location_name, actor=actor, now=now)
        add_member(merchant=merchant, user=owner, role=OWNER, actor=actor, now=now)
