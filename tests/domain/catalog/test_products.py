"""What a shop sells, and who may see it."""

import pytest
from django.db import IntegrityError

from giftwell.domain.catalog.create_product import (
    ProductSlugIsTaken,
    ProgramIsNotSold,
    ProgramIsUnknown,
    create_product,
)
from giftwell.domain.catalog.edit_product import ProductHasChanged, edit_product
from giftwell.domain.catalog.find_product import ProductIsUnknown
from giftwell.domain.catalog.models import Brand, Design, Product, ProductValue, Program
from giftwell.domain.catalog.pricing import price_of
from giftwell.domain.catalog.publish_product import publish_product
from giftwell.domain.catalog.queries import offer_of, shelf, shops
from giftwell.domain.catalog.rules import ProductDetails, ProductHasNoValue, ProductIsInvalid
from giftwell.domain.catalog.unpublish_product import unpublish_product
from giftwell.foundation.events.models import Event
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.clock import now
from tests.factories.catalog import escrow_of, make_product, make_program, make_shop, promo_of
from tests.factories.identity import TESTS, make_person, twin_of

pytestmark = pytest.mark.django_db

BREAKFAST = ProductDetails(name="Breakfast for two", kind="fixed", values=[(3600, 3400)])


def _on_shelf(merchant: Merchant) -> list[str]:
    with scope.public(), reading():
        return [product.name for product in shelf(merchant)]


def _edit(product: Product, details: ProductDetails, **more: int) -> Product:
    with scope.merchant(product.merchant_id), reading():
        merchant = Merchant.objects.get(id=product.merchant_id)
    return edit_product(
        merchant=merchant, product_id=product.id, details=details, actor=TESTS, now=now(), **more
    )


def test_a_draft_is_seen_by_its_merchant_alone() -> None:
    merchant = make_shop()
    product = make_product(merchant, published=False)
    assert _on_shelf(merchant) == []
    with scope.public(), reading():
        assert not Product.objects.filter(id=product.id).exists()
        assert not ProductValue.objects.filter(product=product).exists()
        assert not Program.objects.filter(merchant=merchant).exists()
    with scope.merchant(merchant.id), reading():
        assert Product.objects.filter(id=product.id).exists()


def test_a_published_product_is_seen_with_what_its_price_follows_from() -> None:
    merchant = make_shop()
    make_product(merchant)
    with scope.public(), reading():
        (product,) = shelf(merchant)
        assert price_of(offer_of(product), 5000).price_minor == 4800
        assert price_of(offer_of(product), 1234).price_minor == 1234


def test_a_suspended_merchants_products_brand_and_designs_are_gone_from_public_view() -> None:
    merchant = make_shop()
    make_product(merchant)
    with scope.platform(), transaction():
        Merchant.objects.filter(id=merchant.id).update(status="suspended")
    with scope.public(), reading():
        for model in (Product, ProductValue, Program, Brand, Design):
            assert not model.objects.filter(merchant_id=merchant.id).exists()


def test_the_marketplace_lists_live_shops_with_something_to_sell() -> None:
    empty, full = make_shop(name="Empty"), make_shop(name="Full")
    make_product(full)
    twin = twin_of(full)
    make_product(twin, program=make_program(twin))
    with scope.public(), reading():
        assert list(shops()) == [full]
    assert empty != full


def test_another_merchant_sees_and_changes_nothing() -> None:
    mine, other = make_shop(), make_shop()
    product = make_product(mine, published=False)
    with scope.merchant(other.id), reading():
        assert not Product.objects.filter(id=product.id).exists()
    for verb in (publish_product, unpublish_product):
        with pytest.raises(ProductIsUnknown):
            verb(merchant=other, product_id=product.id, actor=TESTS, now=now())
    with pytest.raises(ProductIsUnknown):
        edit_product(merchant=other, product_id=product.id, details=BREAKFAST, actor=TESTS, now=now())
    with pytest.raises(ProgramIsUnknown):
        create_product(merchant=other, program=escrow_of(mine), details=BREAKFAST, actor=TESTS, now=now())


def test_a_person_sees_the_face_of_cards_whatever_is_on_sale() -> None:
    merchant = make_shop()
    with scope.person(make_person().id), reading():
        assert Design.objects.filter(merchant=merchant).count() == 4
        assert Brand.objects.filter(merchant=merchant).count() == 1


def test_what_is_given_away_is_not_sold() -> None:
    merchant = make_shop()
    with pytest.raises(ProgramIsNotSold):
        make_product(merchant, program=promo_of(merchant))


def test_a_direct_program_is_sold_in_the_shop() -> None:
    merchant = make_shop()
    assert make_product(merchant, program=make_program(merchant, funding="direct")).is_published


def test_namesakes_get_addresses_of_their_own() -> None:
    merchant = make_shop()
    assert [make_product(merchant, name="Brot & Butter").slug for _ in range(3)] == [
        "brot-butter",
        "brot-butter-2",
        "brot-butter-3",
    ]
    assert make_product(make_shop(), name="Brot & Butter").slug == "brot-butter"


def test_a_products_address_is_not_one_of_the_shops_own_pages() -> None:
    merchant = make_shop()
    assert make_product(merchant, name="Balance").slug == "balance-card"
    with pytest.raises(ProductSlugIsTaken):
        create_product(
            merchant=merchant, program=escrow_of(merchant), details=BREAKFAST, slug="Balance",
            actor=TESTS, now=now(),
        )  # fmt: skip


def test_an_address_that_was_asked_for_is_not_changed() -> None:
    merchant = make_shop()
    for expected in (None, ProductSlugIsTaken):
        details = {"merchant": merchant, "program": escrow_of(merchant), "details": BREAKFAST, "slug": "one"}
        if expected is None:
            assert create_product(**details, actor=TESTS, now=now()).slug == "one"
        else:
            with pytest.raises(expected):
                create_product(**details, actor=TESTS, now=now())


def test_a_product_without_a_value_is_not_published() -> None:
    merchant = make_shop()
    product = make_product(merchant, values=(), bounds=None, published=False)
    with pytest.raises(ProductHasNoValue):
        publish_product(merchant=merchant, product_id=product.id, actor=TESTS, now=now())


def test_publishing_twice_happens_once_and_unpublishing_takes_it_back() -> None:
    merchant = make_shop()
    product = make_product(merchant)
    publish_product(merchant=merchant, product_id=product.id, actor=TESTS, now=now())
    assert _on_shelf(merchant) == ["A gift card"]
    for _ in range(2):
        unpublish_product(merchant=merchant, product_id=product.id, actor=TESTS, now=now())
    assert _on_shelf(merchant) == []
    with scope.merchant(merchant.id), reading():
        told = list(Event.objects.filter(subject=product.public_id).values_list("type", flat=True))
    assert sorted(told) == ["product.created", "product.published", "product.unpublished"]


def test_an_edit_replaces_values_and_counts_versions() -> None:
    product = make_product(make_shop())
    edited = _edit(product, BREAKFAST, expected_version=1)
    assert edited.version == 2
    with scope.public(), reading():
        fresh = Product.objects.prefetch_related("values").select_related("program").get(id=product.id)
        assert offer_of(fresh).values == [(3600, 3400)]
        assert fresh.slug == product.slug


def test_an_edit_of_what_someone_else_edited_is_refused() -> None:
    product = make_product(make_shop())
    _edit(product, BREAKFAST, expected_version=1)
    with pytest.raises(ProductHasChanged):
        _edit(product, BREAKFAST, expected_version=1)


def test_a_published_product_cannot_lose_its_last_value() -> None:
    product = make_product(make_shop())
    with pytest.raises(ProductHasNoValue):
        _edit(product, ProductDetails(name="Nothing", kind="fixed"))


def test_an_edit_stays_within_the_program() -> None:
    product = make_product(make_shop())
    with pytest.raises(ProductIsInvalid):
        _edit(product, ProductDetails(name="Too much", kind="fixed", values=[(50_001, 50_001)]))


def test_a_suspended_merchant_publishes_nothing() -> None:
    merchant = make_shop()
    product = make_product(merchant, published=False)
    merchant.status = Merchant.Status.SUSPENDED
    with pytest.raises(MerchantIsSuspended):
        publish_product(merchant=merchant, product_id=product.id, actor=TESTS, now=now())


def test_the_database_refuses_a_price_above_the_value() -> None:
    merchant = make_shop()
    product = make_product(merchant)
    with pytest.raises(IntegrityError), scope.merchant(merchant.id), transaction():
        ProductValue.objects.filter(product=product).update(price_minor=99_999)
