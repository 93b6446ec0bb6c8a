"""Set a merchant's four colours and tagline."""

from dataclasses import asdict
from datetime import datetime

from giftwell.domain.catalog.colours import palette
from giftwell.domain.catalog.events import BrandChanged
from giftwell.domain.catalog.models import Brand
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid

TAGLINE_LENGTH = 160


class TaglineIsInvalid(Invalid):
    """The line under the name is too long, or holds what cannot be printed."""

    code = "tagline_is_invalid"
    detail = "A tagline has at most 160 characters on one line."


def set_brand(
    *, merchant: Merchant, colours: dict[str, str], tagline: str, actor: Actor, now: datetime
) -> Brand:
    """Set the colours (`ground`, `figure`, `foil`, `ink`; oklch or #rrggbb) and the tagline. The logo stays.

    Refused unless ink reads on ground and on figure at 4.5 : 1 and foil shows on ground at 2 : 1.
    Raises `InvalidColour`, `TooLittleContrast`, `TaglineIsInvalid`.
    """
    chosen = asdict(palette(colours))
    tagline = tagline.strip()
    if len(tagline) > TAGLINE_LENGTH or not tagline.isprintable():
        raise TaglineIsInvalid(errors={"tagline": TaglineIsInvalid.detail})
    with scope.merchant(merchant.id), transaction():
        brand, _ = Brand.objects.update_or_create(
            merchant=merchant, defaults={**chosen, "tagline": tagline, "updated_at": now}
        )
        event = BrandChanged(merchant_id=merchant.id, subject=merchant.public_id)
        record(event, actor=actor, at=now, changes={**chosen, "tagline": tagline})
    return brand
