"""Doors, seventh part: what another site makes a signed-in browser send."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.interfaces.console.conftest import Desk, desk

__all__ = ["desk"]

# The address of each is itself the secret, or the bytes are signed: there is no cookie that a forged form
# could borrow. Keeping a gift names the gift's secret in its body.
WITHOUT_A_TOKEN = {
    "gift/<str:token>/", "orders/<str:token>/pay/", "wallet/keep/", "inbound/payments/<str:gateway_name>/",
    "accounts/address/confirm/<str:token>/",
    # A browser's own report: it changes nothing that anybody owns.
    "policy-reports/",
    "sandbox-processor/pay/<str:reference>/",
}  # fmt: skip


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, where)
        elif isinstance(pattern, URLPattern):
            yield where, pattern.callback


PAGES = [
    (where, view)
    for where, view in _walk(get_resolver().url_patterns)
    if not where.startswith(("v1/", "^v1/"))
]
ID = "0198c000-0000-7000-8000-000000000000"


@pytest.mark.line("doors-1")
def test_only_addresses_that_are_secrets_take_a_form_without_a_token() -> None:
    assert {where for where, view in PAGES if getattr(view, "csrf_exempt", False)} == WITHOUT_A_TOKEN


@pytest.mark.line("doors-1")
def test_a_forged_form_is_refused_at_every_page_before_anything_else(desk: Desk) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(desk.owner)
    tried = 0
    for where, view in PAGES:
        if where.startswith("^") or "(?P" in where or getattr(view, "csrf_exempt", False):
            continue
        path = where.replace("<slug:slug>", desk.merchant.slug).replace(
            "<slug:shop_slug>", desk.merchant.slug
        )
        path = "/" + re.sub(r"<uuid:\w+>", ID, re.sub(r"<(?:str|slug):\w+>", "something", path))
        answer = browser.post(path, {"name": "x"}, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403, path
        tried += 1
    assert tried > 50


@pytest.mark.line("doors-1")
def test_a_browsers_session_opens_no_api(desk: Desk) -> None:
    """Cookies carry no authority where no form token is asked for."""
    for path in ("cards", "orders", "products"):
        assert desk.browser.get(f"/v1/{path}").status_code == 401
        assert desk.browser.post(f"/v1/{path}", {}, "application/json").status_code == 401
