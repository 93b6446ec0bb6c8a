"""Take a product off the shelf."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.catalog.events import ProductUnpublished
from giftwell.domain.catalog.find_product import find_product
from giftwell.domain.catalog.models import Product
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def unpublish_product(*, merchant: Merchant, product_id: UUID, actor: Actor, now: datetime) -> Product:
    """Stop selling the product; orders placed before are fulfilled. Raises `ProductIsUnknown`."""
    with scope.merchant(merchant.id), transaction():
        product = find_product(merchant=merchant, product_id=product_id, lock=True)
        if not product.is_published:
            return product
        product.status, product.updated_at = Product.DRAFT, now
        product.save(update_fields=["status", "updated_at"])
        record(ProductUnpublished(merchant_id=merchant.id, subject=product.public_id), actor=actor, at=now)
    return product
