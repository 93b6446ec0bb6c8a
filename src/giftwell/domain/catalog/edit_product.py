"""Change a product. Cards sold before keep their value, price and expiry: they are not read from here."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from giftwell.domain.catalog.create_product import list_values
from giftwell.domain.catalog.events import ProductEdited
from giftwell.domain.catalog.find_product import find_product
from giftwell.domain.catalog.models import Product
from giftwell.domain.catalog.rules import ProductDetails, ProductHasNoValue, check_product
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class ProductHasChanged(Refused):
    """Someone else edited the product since it was read."""

    code = "product_has_changed"
    detail = "Someone changed this product in the meantime. Nothing was saved; look at it again."


def edit_product(
    *,
    merchant: Merchant,
    product_id: UUID,
    details: ProductDetails,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
    position: int | None = None,
) -> Product:
    """Replace a product's details and listed values; its address and program stay.

    With `expected_version`, refused where the product has another by now. Raises `ProductIsUnknown`,
    `ProductHasChanged`, `ProductIsInvalid`, `ProductHasNoValue` for a published product that would have
    nothing to sell.
    """
    with scope.merchant(merchant.id), transaction():
        product = find_product(merchant=merchant, product_id=product_id, lock=True)
        if expected_version is not None and product.version != expected_version:
            raise ProductHasChanged
        check_product(
            details, lowest=product.program.min_value_minor, highest=product.program.max_value_minor
        )
        if product.is_published and details.kind == Product.FIXED and not details.values:
            raise ProductHasNoValue(errors={"values": ProductHasNoValue.detail})
        product.name, product.description = details.name.strip(), details.description.strip()
        product.kind = details.kind
        product.min_value_minor, product.max_value_minor = details.min_value_minor, details.max_value_minor
        product.position = product.position if position is None else position
        product.version, product.updated_at = product.version + 1, now
        product.save()
        product.values.all().delete()
        list_values(product, details)
        event = ProductEdited(merchant_id=merchant.id, subject=product.public_id, version=product.version)
        record(event, actor=actor, at=now, changes=asdict(details))
    return product
