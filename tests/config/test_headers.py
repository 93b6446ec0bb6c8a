"""Every page answers with the headers that keep a browser on our side."""

import re

import pytest
from django.test import Client

from tests.factories.catalog import make_shop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/", "/shops/{slug}/", "/accounts/login/", "/start/", "/docs/api", "/nothing-here/"]
)
def test_a_page_carries_the_strict_headers(path: str) -> None:
    shop = make_shop()
    answer = Client().get(path.format(slug=shop.slug))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert re.search(r"script-src 'nonce-[\w-]{22}'(;|$)", policy), policy
    assert "report-uri /policy-reports/" in policy
    assert answer["Reporting-Endpoints"] == 'policy="/policy-reports/"'
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_form_without_its_token_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"login": "a@example.com", "password": "x"})
    assert answer.status_code == 403
    assert "Traceback" not in answer.content.decode()


def test_cookies_are_out_of_reach_of_scripts_and_other_sites() -> None:
    client = Client()
    client.get("/accounts/login/")
    for cookie in client.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_a_nonce_is_never_used_twice_and_is_on_every_script() -> None:
    pages = [Client().get("/accounts/login/") for _ in range(2)]
    nonces = [re.search(r"'nonce-([\w-]+)'", page["Content-Security-Policy"]) for page in pages]
    found = {nonce[1] for nonce in nonces if nonce}
    assert len(found) == 2
    for page in pages:
        scripts = re.findall(r"<script[^>]*>", page.content.decode())
        assert scripts
        assert all(any(f'nonce="{nonce}"' in script for nonce in found) for script in scripts)
