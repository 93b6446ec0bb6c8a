"""One product of a merchant by its id, or the error that it is not there."""

from uuid import UUID

from giftwell.domain.catalog.models import Product
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.errors import NotFound


class ProductIsUnknown(NotFound):
    """The product is not one of this merchant."""

    code = "product_is_unknown"
    detail = "There is no such product."


def find_product(*, merchant: Merchant, product_id: UUID, lock: bool = False) -> Product:
    """The product with its program; `lock` holds its row. Raises `ProductIsUnknown`."""
    products = Product.objects.for_update() if lock else Product.objects.all()
    product = products.select_related("program").filter(merchant=merchant, id=product_id).first()
    if product is None:
        raise ProductIsUnknown
    return product
