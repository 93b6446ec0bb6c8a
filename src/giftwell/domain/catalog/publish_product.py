"""Put a product on the shelf."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.catalog.events import ProductPublished
from giftwell.domain.catalog.find_product import find_product
from giftwell.domain.catalog.models import Product
from giftwell.domain.catalog.rules import ProductHasNoValue
from giftwell.foundation.events.record import record
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def publish_product(*, merchant: Merchant, product_id: UUID, actor: Actor, now: datetime) -> Product:
    """Let buyers see and order the product. Publishing a published one changes nothing.

    Raises `ProductIsUnknown`, `ProductHasNoValue`, `MerchantIsSuspended`.
    """
    if not merchant.is_active:
        raise MerchantIsSuspended
    with scope.merchant(merchant.id), transaction():
        product = find_product(merchant=merchant, product_id=product_id, lock=True)
        if product.is_published:
            return product
        if product.kind == Product.FIXED and not product.values.exists():
            raise ProductHasNoValue
        product.status, product.updated_at = Product.PUBLISHED, now
        product.save(update_fields=["status", "updated_at"])
        record(ProductPublished(merchant_id=merchant.id, subject=product.public_id), actor=actor, at=now)
    return product
