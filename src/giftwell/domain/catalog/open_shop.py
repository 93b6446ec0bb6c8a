"""Open a shop: the merchant, its sandbox twin, and what each starts with, all or nothing."""

from datetime import datetime

from giftwell.domain.catalog.set_up_shop import set_up_shop
from giftwell.foundation.identity.create_merchant import create_merchant
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def open_shop(
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
    """Create a merchant as `create_merchant` does, with its shop and its twin's; the live one is given back.

    Raises what `create_merchant` raises.
    """
    with transaction():
        live = create_merchant(
            name=name,
            owner=owner,
            country=country,
            currency=currency,
            time_zone=time_zone,
            actor=actor,
            now=now,
            slug=slug,
            location_name=location_name,
        )
        set_up_shop(merchant=live, actor=actor, now=now)
        with scope.platform():
            twin = Merchant.objects.get(live_merchant=live)
        set_up_shop(merchant=twin, actor=actor, now=now)
    return live
