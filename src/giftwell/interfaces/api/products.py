"""The catalogue: designs to read, products to make and put on the shelf."""

from typing import Any, Literal

from django.db.models import QuerySet
from ninja import Query, Router, Schema, Status
from pydantic import ConfigDict, Field

from giftwell.domain.catalog.create_product import create_product
from giftwell.domain.catalog.find_product import find_product
from giftwell.domain.catalog.find_program import find_program
from giftwell.domain.catalog.models import Design, Product, Program
from giftwell.domain.catalog.publish_product import publish_product
from giftwell.domain.catalog.queries import designs_of, products_of
from giftwell.domain.catalog.rules import ProductDetails
from giftwell.domain.catalog.unpublish_product import unpublish_product
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Body, Identifier, ListOut, PositiveMinor, Text
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.paging import DEFAULT_LIMIT, MAX_LIMIT, page_of
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id

router = Router()


class DesignOut(Schema):
    """A face that cards can wear."""

    id: str
    name: str
    pattern: str


class ValueOut(Schema):
    """What a card holds, and what it costs."""

    value_minor: int
    price_minor: int


class ProductOut(Schema):
    """What is sold."""

    id: str
    program: str
    name: str
    slug: str
    description: str
    kind: Literal["fixed", "range"]
    currency: str
    values: list[ValueOut]
    min_value_minor: int | None
    max_value_minor: int | None
    status: Literal["draft", "published"]


class ValueIn(Body):
    """What a card holds, and what it costs: never more than it holds."""

    value_minor: PositiveMinor
    price_minor: PositiveMinor


class ProductIn(Body):
    """A product to be made, as a draft."""

    program: Identifier
    name: Text = Field(max_length=120)
    description: Text = Field("", max_length=2000)
    kind: Literal["fixed", "range"] = "fixed"
    values: list[ValueIn] = Field(default_factory=list, max_length=20)
    min_value_minor: PositiveMinor | None = None
    max_value_minor: PositiveMinor | None = None


class PageQuery(Schema):
    """Which page of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: Text | None = Field(None, max_length=64)


def _product_out(product: Product) -> dict[str, Any]:
    return {
        "id": product.public_id,
        "program": product.program.public_id,
        "name": product.name,
        "slug": product.slug,
        "description": product.description,
        "kind": product.kind,
        "currency": product.program.currency,
        "values": [
            {"value_minor": one.value_minor, "price_minor": one.price_minor} for one in product.values.all()
        ],
        "min_value_minor": product.min_value_minor,
        "max_value_minor": product.max_value_minor,
        "status": product.status,
    }


def _design_out(design: Design) -> dict[str, Any]:
    return {"id": design.public_id, "name": design.name, "pattern": design.pattern}


def _merchant(request: ApiRequest) -> Merchant:
    with reading():
        return Merchant.objects.get(id=request.merchant_id)


def _page(rows: QuerySet[Any], query: PageQuery, shown: Any) -> dict[str, Any]:
    with reading():
        page = page_of(rows, cursor=query.cursor, limit=query.limit)
        return {"data": [shown(row) for row in page.rows], "next_cursor": page.next_cursor or None}


@endpoint(router, "GET", "/designs", needs=ApiScope.PRODUCTS_READ, answers=ListOut[DesignOut])
def list_designs(request: ApiRequest) -> Any:
    """The faces that the merchant's cards can wear; all of them, since there are never many."""
    with reading():
        return {
            "data": [_design_out(design) for design in designs_of(_merchant(request))],
            "next_cursor": None,
        }


@endpoint(router, "GET", "/products", needs=ApiScope.PRODUCTS_READ, answers=ListOut[ProductOut])
def list_products(request: ApiRequest, query: Query[PageQuery]) -> Any:
    """The merchant's products, newest first, drafts included."""
    return _page(products_of(request.merchant_id), query, _product_out)


@endpoint(
    router,
    "POST",
    "/products",
    needs=ApiScope.PRODUCTS_WRITE,
    answers=ProductOut,
    status=201,
    problems=(404, 409),
)
def create(request: ApiRequest, body: ProductIn) -> Status:
    """Make a product as a draft; publish it to sell it."""
    merchant = _merchant(request)
    with reading():
        program = find_program(request.merchant_id, parse_id(Program.PREFIX, body.program))
    details = ProductDetails(
        name=body.name,
        kind=body.kind,
        description=body.description,
        values=[(one.value_minor, one.price_minor) for one in body.values],
        min_value_minor=body.min_value_minor,
        max_value_minor=body.max_value_minor,
    )
    product = create_product(
        merchant=merchant, program=program, details=details, actor=request.actor, now=now()
    )
    return Status(201, _read(request, product.public_id))


def _read(request: ApiRequest, product_id: str) -> dict[str, Any]:
    merchant = _merchant(request)
    with reading():
        return _product_out(find_product(merchant=merchant, product_id=parse_id(Product.PREFIX, product_id)))


@endpoint(
    router, "GET", "/products/{product_id}", needs=ApiScope.PRODUCTS_READ, answers=ProductOut, problems=(404,)
)
def get_product(request: ApiRequest, product_id: str) -> Any:
    """One product."""
    return _read(request, product_id)


@endpoint(
    router, "PUT", "/products/{product_id}/publication", needs=ApiScope.PRODUCTS_WRITE, answers=ProductOut,
    problems=(404, 409),
)  # fmt: skip
def publish(request: ApiRequest, product_id: str) -> Any:
    """Put the product on the shelf."""
    publish_product(
        merchant=_merchant(request),
        product_id=parse_id(Product.PREFIX, product_id),
        actor=request.actor,
        now=now(),
    )
    return _read(request, product_id)


@endpoint(
    router, "DELETE", "/products/{product_id}/publication", needs=ApiScope.PRODUCTS_WRITE, answers=ProductOut,
    problems=(404, 409, 422),
)  # fmt: skip
def unpublish(request: ApiRequest, product_id: str) -> Any:
    """Take the product off the shelf; cards that were sold keep their value."""
    unpublish_product(
        merchant=_merchant(request),
        product_id=parse_id(Product.PREFIX, product_id),
        actor=request.actor,
        now=now(),
    )
    return _read(request, product_id)
