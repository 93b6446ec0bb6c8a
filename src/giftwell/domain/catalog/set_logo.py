"""Set or take away a merchant's logo."""

import hashlib
from datetime import datetime

from giftwell.domain.catalog.events import BrandChanged
from giftwell.domain.catalog.logo import encode_logo
from giftwell.domain.catalog.models import Brand
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class BrandIsMissing(Refused):
    """The merchant has no brand yet; `set_up_shop` or `set_brand` makes one."""

    code = "brand_is_missing"
    detail = "Choose the brand's colours first."


def set_logo(*, merchant: Merchant, picture: bytes | None, actor: Actor, now: datetime) -> Brand:
    """Keep `picture` (PNG, JPEG or WebP, judged by its content) as a small PNG; None takes the logo away.

    Raises `LogoIsInvalid`, `LogoIsTooLarge`, `BrandIsMissing`.
    """
    logo = encode_logo(picture) if picture is not None else None
    logo_hash = hashlib.sha256(logo).hexdigest() if logo is not None else ""
    with scope.merchant(merchant.id), transaction():
        brand = Brand.objects.select_for_update(of=("self",), no_key=True).filter(merchant=merchant).first()
        if brand is None:
            raise BrandIsMissing
        brand.logo, brand.logo_hash, brand.updated_at = logo, logo_hash, now
        brand.save(update_fields=["logo", "logo_hash", "updated_at"])
        event = BrandChanged(merchant_id=merchant.id, subject=merchant.public_id)
        record(event, actor=actor, at=now, changes={"logo_hash": logo_hash})
    return brand
