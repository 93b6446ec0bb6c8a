"""Products: the shelf, a new one, changing one, and whether buyers see it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giftwell.domain.catalog.create_product import create_product
from giftwell.domain.catalog.edit_product import edit_product
from giftwell.domain.catalog.models import Funding, Product, Program
from giftwell.domain.catalog.publish_product import publish_product
from giftwell.domain.catalog.queries import designs_of, products_of, programs_of
from giftwell.domain.catalog.unpublish_product import unpublish_product
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console.errors import id_or_404, tell, there
from giftwell.interfaces.console.product_forms import FIELD_OF, SPARE_ROWS, ProductForm, initial_of
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from giftwell.kit.money import Money


@merchant_page(Permission.PRODUCTS_VIEW)
def products(request: PageRequest, slug: str) -> HttpResponse:
    """The shelf: what is sold, and what is being prepared."""
    with reading():
        rows = list(products_of(request.merchant.id)[:200])
        face = designs_of(request.merchant).first()
    return show(
        request, "console/products/list.html", "products", rows=[_row(one) for one in rows], face=face
    )


@merchant_page(Permission.PRODUCTS_EDIT)
def new(request: PageRequest, slug: str) -> HttpResponse:
    """Make a product, as a draft."""
    with reading():
        sold = programs_of(request.merchant.id).exclude(funding=Funding.PROMO)
        program = sold.order_by("created_at", "id").first()
    if program is None:
        messages.error(request, _("This shop has no program that cards could be sold from yet."))
        return redirect("console:products", slug)
    form = ProductForm(
        request.POST if request.method == "POST" else None,
        program=program,
        initial={"kind": Product.FIXED},
        rows=SPARE_ROWS + 1,
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = create_product(
                merchant=request.merchant,
                program=program,
                details=form.details(),
                actor=request.actor,
                now=now(),
            )
        except DomainError as error:
            tell(form, error, FIELD_OF)
        else:
            messages.success(
                request, _("“%(name)s” is a draft: publish it when it is right.") % {"name": made.name}
            )
            return redirect("console:product", slug, made.public_id)
    return _form_page(request, form, program)


@merchant_page(Permission.PRODUCTS_EDIT)
def product(request: PageRequest, slug: str, product_id: str) -> HttpResponse:
    """Look at a product and change it."""
    with reading():
        wanted = products_of(request.merchant.id).filter(id=id_or_404(Product.PREFIX, product_id))
        found = there(wanted.first())
    form = ProductForm(
        request.POST if request.method == "POST" else None,
        program=found.program,
        initial=initial_of(found),
        rows=len(found.values.all()) + SPARE_ROWS,
    )
    if request.method == "POST" and form.is_valid():
        try:
            edit_product(
                merchant=request.merchant,
                product_id=found.id,
                details=form.details(),
                expected_version=form.cleaned_data["version"],
                actor=request.actor,
                now=now(),
            )
        except DomainError as error:
            tell(form, error, FIELD_OF)
        else:
            messages.success(request, _("Saved. Cards sold before keep their value and price."))
            return redirect("console:product", slug, product_id)
    return _form_page(request, form, found.program, found)


@merchant_page(Permission.PRODUCTS_EDIT)
@require_POST
def publish(request: PageRequest, slug: str, product_id: str) -> HttpResponse:
    """Put it on the shelf."""
    Strict(request.POST).is_valid()
    identity = id_or_404(Product.PREFIX, product_id)
    try:
        found = publish_product(
            merchant=request.merchant, product_id=identity, actor=request.actor, now=now()
        )
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("“%(name)s” can be bought now.") % {"name": found.name})
    return redirect("console:product", slug, product_id)


@merchant_page(Permission.PRODUCTS_EDIT)
@require_POST
def unpublish(request: PageRequest, slug: str, product_id: str) -> HttpResponse:
    """Take it off the shelf; orders placed before are fulfilled."""
    Strict(request.POST).is_valid()
    identity = id_or_404(Product.PREFIX, product_id)
    found = unpublish_product(merchant=request.merchant, product_id=identity, actor=request.actor, now=now())
    messages.success(request, _("“%(name)s” is off the shelf.") % {"name": found.name})
    return redirect("console:product", slug, product_id)


def _form_page(
    request: PageRequest, form: ProductForm, program: Program, product: Product | None = None
) -> HttpResponse:
    lowest, highest = (
        Money(one, program.currency) for one in (program.min_value_minor, program.max_value_minor)
    )
    context = {"form": form, "program": program, "product": product, "lowest": lowest, "highest": highest}
    return show(request, "console/products/detail.html", "products", **context)


def _row(product: Product) -> dict[str, object]:
    currency = product.program.currency
    values = product.values.all()
    bounds = (product.min_value_minor, product.max_value_minor)
    return {
        "product": product,
        "values": [
            (
                Money(one.value_minor, currency),
                Money(one.price_minor, currency),
                one.price_minor < one.value_minor,
            )
            for one in values
        ],
        "bounds": [Money(one, currency) for one in bounds if one is not None],
    }
