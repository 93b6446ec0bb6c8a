"""The small print is there, and machines find what they look for."""

import pytest

from tests.factories.orders import make_shop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["terms", "refunds", "privacy", "accessibility"])
def test_each_page_of_small_print_is_there_and_linked_from_home(client, name):
    assert client.get(f"/{name}/").status_code == 200
    assert f'href="/{name}/"' in client.get("/").content.decode()


def test_secrets_and_offices_are_closed_to_robots(client):
    text = client.get("/robots.txt").content.decode()
    for path in ("/gift/", "/orders/", "/console/"):
        assert f"Disallow: {path}" in text


def test_the_sitemap_lists_what_is_on_sale(client, settings):
    shop, draft = make_shop(), make_shop(published=False)
    text = client.get("/sitemap.xml").content.decode()
    assert f"{settings.BASE_URL}/shops/{shop.merchant.slug}/{shop.product.slug}/" in text
    assert draft.merchant.slug not in text


def test_whoever_finds_a_weakness_is_told_where_to_write(client):
    text = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:" in text
    assert "Expires: " in text


def test_the_icon_is_found_where_browsers_look(client):
    assert client.get("/favicon.ico")["Location"].endswith(".svg")
