"""The marketplace and a shop: what stands there, what does not, and what a browser may keep."""

import io

import pytest
from PIL import Image

from giftwell.domain.catalog.set_logo import set_logo
from giftwell.domain.catalog.set_up_shop import set_up_shop
from giftwell.foundation.identity.suspend_merchant import suspend_merchant
from giftwell.kit.clock import now
from tests.factories.identity import TESTS, make_merchant, twin_of
from tests.factories.orders import make_shop

pytestmark = pytest.mark.django_db


def page(client, path: str) -> str:
    """The text of a page that is there."""
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_the_marketplace_shows_shops_with_something_on_sale(client):
    open_shop, empty_shop = make_shop(), make_shop(published=False)
    html = page(client, "/")
    assert open_shop.merchant.name in html
    assert empty_shop.merchant.name not in html


def test_a_sandbox_twin_has_no_place_in_the_marketplace(client):
    shop = make_shop()
    assert f'/shops/{twin_of(shop.merchant).slug}/"' not in page(client, "/")


def test_a_shop_is_found_by_the_beginning_of_its_name(client):
    one, other = make_shop(), make_shop()
    html = page(client, f"/?q={one.merchant.name.upper()}")
    assert f'/shops/{one.merchant.slug}/"' in html
    assert f'/shops/{other.merchant.slug}/"' not in html
    assert "No shop has a name that begins with" in page(client, "/?q=zzz")


def test_what_was_searched_for_is_never_markup(client):
    assert "<b>bold" not in page(client, "/?q=<b>bold")


def test_an_empty_marketplace_teaches_how_to_open_a_shop(client):
    assert "/start/" in page(client, "/")


def test_the_marketplace_goes_on_where_the_page_ended(client, monkeypatch):
    monkeypatch.setattr("giftwell.interfaces.storefront.window.PAGE", 2)
    names = {make_shop().merchant.name for _ in range(3)}
    first = page(client, "/")
    second = page(client, "/?" + first.split('href="?')[1].split('"')[0].replace("&amp;", "&"))
    assert {name for name in names if name in first} | {name for name in names if name in second} == names


def test_the_marketplace_asks_as_often_for_many_shops_as_for_few(client, django_assert_max_num_queries):
    for _ in range(4):
        make_shop()
    with django_assert_max_num_queries(8):
        client.get("/")


def test_a_shop_shows_what_it_sells_and_where_it_is_spent(client):
    shop = make_shop()
    html = page(client, f"/shops/{shop.merchant.slug}/")
    assert shop.product.name in html
    assert "€5 to €500" in html


def test_a_shop_without_anything_on_sale_still_leads_to_the_balance(client):
    merchant = make_merchant()
    set_up_shop(merchant=merchant, actor=TESTS, now=now())
    assert f"/shops/{merchant.slug}/balance/" in page(client, f"/shops/{merchant.slug}/")


def test_a_suspended_shop_is_not_there(client):
    shop = make_shop()
    suspend_merchant(merchant=shop.merchant, reason="test", actor=TESTS, now=now())
    for path in ("", "theme.css", "balance/", f"{shop.product.slug}/"):
        assert client.get(f"/shops/{shop.merchant.slug}/{path}").status_code == 404


def test_a_draft_is_not_for_sale(client):
    shop = make_shop(published=False)
    assert client.get(f"/shops/{shop.merchant.slug}/{shop.product.slug}/").status_code == 404


def test_another_shops_product_is_not_found_here(client):
    shop, other = make_shop(), make_shop()
    assert client.get(f"/shops/{other.merchant.slug}/{shop.product.slug}/").status_code in {200, 404}
    html = client.get(f"/shops/{other.merchant.slug}/{shop.product.slug}/").content.decode()
    assert shop.merchant.name not in html


def test_a_shops_colours_are_kept_for_ever_under_their_contents_name(client):
    shop = make_shop()
    html = page(client, f"/shops/{shop.merchant.slug}/")
    address = html.split('rel="stylesheet" href="/shops/')[1].split('"')[0]
    kept = client.get(f"/shops/{address}")
    assert kept["Content-Type"] == "text/css"
    assert "immutable" in kept["Cache-Control"]
    assert b".theme-m-" in kept.content
    assert client.get(f"/shops/{address}", headers={"If-None-Match": kept["ETag"]}).status_code == 304
    assert "immutable" not in client.get(f"/shops/{shop.merchant.slug}/theme.css")["Cache-Control"]


def test_one_stylesheet_carries_the_colours_of_several_shops(client):
    one, other = make_shop(), make_shop()
    css = page(client, f"/themes.css?of={one.merchant.slug},{other.merchant.slug},nobody")
    assert f".theme-m-{one.merchant.slug}" in css
    assert f".theme-m-{other.merchant.slug}" in css


def test_a_logo_is_served_as_the_picture_that_we_encoded(client):
    shop = make_shop()
    assert client.get(f"/shops/{shop.merchant.slug}/logo.png").status_code == 404
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "green").save(picture, "PNG")
    set_logo(merchant=shop.merchant, picture=picture.getvalue(), actor=TESTS, now=now())
    html = page(client, f"/shops/{shop.merchant.slug}/")
    address = html.split('<img class="mark" src="')[1].split('"')[0]
    logo = client.get(address)
    assert logo["Content-Type"] == "image/png"
    assert logo.content.startswith(b"\x89PNG")
    assert "immutable" in logo["Cache-Control"]


def test_pages_describe_themselves_to_previews(client):
    shop = make_shop()
    html = page(client, f"/shops/{shop.merchant.slug}/{shop.product.slug}/")
    for word in ('property="og:title"', 'rel="canonical"', "application/ld+json", '"lowPrice": "5.00"'):
        assert word in html
