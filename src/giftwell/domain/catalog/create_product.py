"""Make a product, as a draft."""

from datetime import datetime

from django.db import IntegrityError
from django.utils.text import slugify

from giftwell.domain.catalog.events import ProductCreated
from giftwell.domain.catalog.models import Product, ProductValue, Program
from giftwell.domain.catalog.rules import ProductDetails, check_product
from giftwell.foundation.events.record import record
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound, Refused

SLUG_LENGTH = 60
# The shop's own pages stand where products do: one of this name could not be reached.
RESERVED_SLUGS = frozenset({"balance"})
MOST_NAMESAKES = 50


class ProgramIsUnknown(NotFound):
    """The program is not one of this merchant."""

    code = "program_is_unknown"
    detail = "There is no such program."


class ProgramIsNotSold(Refused):
    """Promotional value is given away: nobody pays for it."""

    code = "program_is_not_sold"
    detail = "Cards of this program are not sold in the shop."


class ProductSlugIsTaken(Refused):
    """Another product of the merchant has this address."""

    code = "product_slug_is_taken"
    detail = "Another product has this address already."


def create_product(
    *,
    merchant: Merchant,
    program: Program,
    details: ProductDetails,
    actor: Actor,
    now: datetime,
    slug: str | None = None,
    position: int = 0,
) -> Product:
    """Create a draft of a product out of `program`; without `slug` its address is made from its name.

    Raises `ProductIsInvalid`, `ProgramIsUnknown`, `ProgramIsNotSold`, `ProductSlugIsTaken`,
    `MerchantIsSuspended`.
    """
    if program.merchant_id != merchant.id:
        raise ProgramIsUnknown
    if not program.is_sold:
        raise ProgramIsNotSold
    check_product(details, lowest=program.min_value_minor, highest=program.max_value_minor)
    if not merchant.is_active:
        raise MerchantIsSuspended
    product = Product(
        merchant=merchant,
        program=program,
        name=details.name.strip(),
        description=details.description.strip(),
        kind=details.kind,
        min_value_minor=details.min_value_minor,
        max_value_minor=details.max_value_minor,
        position=position,
        created_at=now,
        updated_at=now,
    )
    with scope.merchant(merchant.id), transaction():
        _save_under_a_free_slug(product, slug)
        list_values(product, details)
        event = ProductCreated(merchant_id=merchant.id, subject=product.public_id, program=program.public_id)
        record(event, actor=actor, at=now)
    return product


def list_values(product: Product, details: ProductDetails) -> None:
    """Write the listed values of a product that has none."""
    ProductValue.objects.bulk_create(
        ProductValue(
            merchant_id=product.merchant_id,
            product=product,
            value_minor=value,
            price_minor=price,
            position=position,
        )
        for position, (value, price) in enumerate(details.values)
    )


def _save_under_a_free_slug(product: Product, wanted: str | None) -> None:
    base = slugify(wanted or product.name)[:SLUG_LENGTH].strip("-") or "card"
    if base in RESERVED_SLUGS:
        if wanted:
            raise ProductSlugIsTaken(errors={"slug": ProductSlugIsTaken.detail})
        base = f"{base}-card"
    for number in range(1, 2 if wanted else MOST_NAMESAKES):
        product.slug = base if number == 1 else f"{base}-{number}"
        try:
            # Inner, so that a name taken by someone a moment ago leaves the outer transaction usable.
            with transaction():
                product.save(force_insert=True)
        except IntegrityError as error:
            if "catalog_product_slug_once" not in str(error):
                raise
        else:
            return
    raise ProductSlugIsTaken(errors={"slug": ProductSlugIsTaken.detail})
