"""No merchant and no product is given an address that a page of ours has: read off the map of addresses."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLResolver, get_resolver

from giftwell.domain.catalog.create_product import RESERVED_SLUGS as OF_PRODUCTS
from giftwell.foundation.identity.rules import RESERVED_SLUGS as OF_MERCHANTS

# Where a merchant's slug stands in an address, and where a product's does.
_MERCHANTS = ("", "shops/", "console/", "till/")
_PRODUCTS = ("shops/<slug:shop_slug>/",)
_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        where = (prefix + str(pattern.pattern)).replace("^", "")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, where)
        else:
            yield where


def _words_after(prefixes: tuple[str, ...]) -> set[str]:
    """The fixed words that follow these prefixes in some address, where a slug could stand instead."""
    found = set()
    for where in _walk(get_resolver().url_patterns):
        for prefix in prefixes:
            word, slash, _ = where.removeprefix(prefix).partition("/")
            if where.startswith(prefix) and slash and _WORD.fullmatch(word):
                found.add(word)
    return found


def test_no_merchant_has_the_address_of_a_page() -> None:
    assert {"console", "wallet", "shops", "v1"} <= _words_after(_MERCHANTS)
    assert _words_after(_MERCHANTS) - OF_MERCHANTS == set()


def test_no_product_has_the_address_of_a_page_of_its_shop() -> None:
    assert _words_after(_PRODUCTS) == OF_PRODUCTS
