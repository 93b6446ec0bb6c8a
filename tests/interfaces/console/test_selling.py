"""Products, brand and designs: what is typed is kept, what is wrong is said beside it, the server prices."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from giftwell.domain.catalog.models import Brand, Design, Product
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import ROLES, Permission
from tests.interfaces.console.conftest import Desk

NEW = {"name": "Breakfast", "description": "For two", "kind": "fixed"}
COLOURS = {"ground": "#1d4a5c", "figure": "#2d5a6c", "foil": "#ffe0a0", "ink": "#ffffff"}


def kept(desk: Desk, **wanted: object) -> list[Product]:
    with scope.merchant(desk.merchant.id), reading():
        found = Product.objects.filter(merchant=desk.merchant, **wanted)
        return list(found.prefetch_related("values").order_by("created_at"))


def test_a_product_is_made_as_a_draft_published_and_taken_off_again(desk: Desk) -> None:
    sent = {**NEW, "value_0": "25", "price_0": "22.50", "value_1": "50", "price_1": ""}
    answer = desk.browser.post(desk.at("products/new/"), sent)
    (made,) = kept(desk, name="Breakfast")
    assert answer.headers["Location"] == desk.at(f"products/{made.public_id}/")
    assert [(one.value_minor, one.price_minor) for one in made.values.all()] == [(2500, 2250), (5000, 5000)]
    assert made.status == "draft"
    shop = f"/shops/{desk.merchant.slug}/{made.slug}/"
    assert Client().get(shop).status_code == 404
    desk.browser.post(desk.at(f"products/{made.public_id}/publish/"))
    assert Client().get(shop).status_code == 200
    assert shop in desk.page(f"products/{made.public_id}/")
    desk.browser.post(desk.at(f"products/{made.public_id}/unpublish/"))
    assert Client().get(shop).status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "required"),
        ({"value_0": "25", "price_0": "26"}, "never above the value"),
        ({"value_0": "1"}, "leaves the bounds"),
        ({"value_0": "ten"}, "Write an amount"),
        ({"price_0": "10"}, "needs a value"),
        ({"value_0": "25", "value_1": "25"}, "listed once"),
        ({"kind": "range"}, "lowest value"),
        ({"kind": "range", "min_value": "50", "max_value": "10"}, "not above its highest"),
        ({"kind": "free"}, "valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    desk: Desk, changes: dict[str, str], said: str
) -> None:
    answer = desk.browser.post(desk.at("products/new/"), {**NEW, **changes})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert said in page
    assert "For two" in page
    assert not kept(desk, name="Breakfast")


def test_a_product_that_somebody_else_changed_is_not_overwritten(desk: Desk) -> None:
    address = desk.at(f"products/{desk.product.public_id}/")
    form = desk.browser.get(address).context["form"]
    sent = {name: value for name, value in form.initial.items() if value is not None}
    assert desk.browser.post(address, {**sent, "name": "First"}).status_code == 302
    answer = desk.browser.post(address, {**sent, "name": "Second"})
    assert "Someone changed this product" in answer.content.decode()
    assert kept(desk)[0].name == "First"


def test_unknown_fields_and_more_rows_than_a_product_has_are_refused(desk: Desk) -> None:
    for extra in ({"status": "published"}, {"commission_bps": "0"}, {"value_20": "5"}, {"price_99": "5"}):
        assert desk.browser.post(desk.at("products/new/"), {**NEW, **extra}).status_code == 422
    assert not kept(desk, name="Breakfast")


def test_a_published_product_with_nothing_to_sell_is_refused(desk: Desk) -> None:
    desk.browser.post(desk.at("products/new/"), NEW)
    (made,) = kept(desk, name="Breakfast")
    answer = desk.browser.post(desk.at(f"products/{made.public_id}/publish/"), follow=True)
    assert kept(desk, name="Breakfast")[0].status == "draft"
    assert 'class="toast bad"' in answer.content.decode()


def test_colours_that_cannot_be_read_are_refused_beside_their_field(desk: Desk) -> None:
    unreadable = {**COLOURS, "ink": "#1d4a5c", "tagline": "Since 1998"}
    answer = desk.browser.post(desk.at("brand/"), unreadable)
    assert "has a contrast of" in answer.context["form"]["ink"].errors[0]
    assert "Since 1998" in answer.content.decode()
    assert (
        desk.browser.post(desk.at("brand/"), {**COLOURS, "ground": "red;}", "tagline": ""}).status_code == 200
    )
    with scope.merchant(desk.merchant.id), reading():
        assert Brand.objects.get(merchant=desk.merchant).tagline == ""


def test_a_brand_is_saved_in_colours_of_either_writing(desk: Desk) -> None:
    desk.browser.post(desk.at("brand/"), {**COLOURS, "tagline": "Since 1998"})
    with scope.merchant(desk.merchant.id), reading():
        brand = Brand.objects.get(merchant=desk.merchant)
    assert (brand.tagline, brand.ground.startswith("oklch(")) == ("Since 1998", True)
    assert brand.ground in desk.page("brand/")


def picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 20), "teal").save(out, format="PNG")
    return SimpleUploadedFile("logo.png", out.getvalue(), "image/png")


def test_a_logo_is_kept_by_what_it_is_and_not_by_its_name(desk: Desk) -> None:
    desk.browser.post(desk.at("brand/logo/"), {"picture": picture()})
    assert f"/shops/{desk.merchant.slug}/logo.png" in desk.page("brand/")
    disguised = SimpleUploadedFile("logo.png", b"<svg onload='alert(1)'/>", "image/png")
    answer = desk.browser.post(desk.at("brand/logo/"), {"picture": disguised}, follow=True)
    assert "PNG, JPEG or WebP" in answer.content.decode()
    assert f"/shops/{desk.merchant.slug}/logo.png" in desk.page("brand/")
    assert "Choose a picture" in desk.browser.post(desk.at("brand/logo/"), follow=True).content.decode()
    desk.browser.post(desk.at("brand/logo/"), {"remove": "yes"})
    assert "Have no logo" not in desk.page("brand/")


def test_a_design_is_made_and_a_name_is_taken_once(desk: Desk) -> None:
    sent = {**COLOURS, "name": "Winter", "pattern": "weave"}
    desk.browser.post(desk.at("designs/"), sent)
    answer = desk.browser.post(desk.at("designs/"), sent)
    assert "of this name already" in answer.content.decode()
    assert "valid choice" in str(
        desk.browser.post(desk.at("designs/"), {**sent, "pattern": "x"}).context["form"].errors
    )
    with scope.merchant(desk.merchant.id), reading():
        assert Design.objects.get(merchant=desk.merchant, name="Winter").pattern == "weave"


def test_a_role_that_may_only_look_has_no_form_to_send(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ROLES, "owner", ROLES["owner"] - {Permission.PRODUCTS_EDIT, Permission.BRAND_EDIT})
    assert "Make a product" not in desk.page("products/")
    for path in ("products/new/", "brand/", "brand/logo/", "designs/"):
        assert desk.browser.post(desk.at(path), COLOURS).status_code == 403
