"""Doors, sixth part: what stands in logs, rows, addresses and the names of files."""

import io
import logging
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from giftwell.config.logging import logging_settings
from giftwell.domain.delivery.links import gift_link
from giftwell.domain.delivery.models import Gift
from giftwell.interfaces.common import limiting
from giftwell.interfaces.ops.commands.redeem import redeem as redeem_command
from giftwell.kit import codes
from tests.database import OwnDatabase
from tests.factories.cards import code_of, make_promo_card
from tests.factories.delivery import gifts_of
from tests.factories.identity import PASSWORD, make_person
from tests.factories.orders import make_fulfilled_order, make_order, make_shop
from tests.hostile.ground import run, spend
from tests.interfaces.accounts.mails import written as mails
from tests.interfaces.console.conftest import Desk, desk
from tests.interfaces.pos.tills import Till, at_the_till

__all__ = ["desk"]


@pytest.fixture(autouse=True)
def _fresh_counters(monkeypatch: Any) -> None:
    limiting._limiter.cache_clear()
    monkeypatch.setattr("giftwell.interfaces.accounts.pace.FLOOR_SECONDS", 0.0)


def _gift_link(gift: Gift) -> str:
    return gift_link(gift.id, gift.token_version)


@pytest.fixture
def logged(monkeypatch: Any) -> Any:
    """Everything that any logger says while the test runs, as the platform writes it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    formatter = dict(logging_settings("DEBUG")["formatters"]["json"])
    handler.setFormatter(formatter.pop("()")(**formatter))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.line("doors-9")
def test_no_code_key_token_or_password_is_logged_or_kept_readable(
    own_database: OwnDatabase, logged: Any
) -> None:
    """One day in a shop through every door, and then every log line and every row of every table is read."""
    shop = make_shop()
    merchant = shop.merchant
    order = make_fulfilled_order(
        shop, shop.wish(recipient_email="maja@example.com", message="A quiet secret")
    )
    placed = make_order(shop)
    card = make_promo_card(merchant)
    code, gift = code_of(card), gifts_of(order)[0]
    link = _gift_link(gift)
    person = make_person(email="maja@example.com", password=PASSWORD)
    browser = Client()
    browser.post(reverse("account_login"), {"login": person.email, "password": "a wrong long password"})
    browser.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    Client().post(reverse("account_reset_password"), {"email": person.email})
    reset = mails()[-1].path
    browser.get(reset)
    Client().get(f"/orders/{placed.token}/")
    Client().post("/gift/" + link.rsplit("/gift/")[-1])
    Client().post(f"/shops/{merchant.slug}/balance/", {"code": code})
    Client().get(f"/shops/{merchant.slug}/balance/?code={code}")
    Client().get(f"/v1/cards?code={code}", headers={"Authorization": "Bearer gw_live_wrongwrongwrongwrong"})
    for door in ("page", "rest", "command"):
        spend(door, own_database, merchant, code, 100)
    run(redeem_command, "--merchant", merchant.slug, "--code", code, "--amount", "999999")
    secrets = []

    async def story(till: Till) -> None:
        secrets.append(till.secret)
        await till.post("redemptions", {"code": code, "amount_minor": 10**9, "currency": "EUR"})
        await till.post("balance", {"code": code})
        await till.post(f"balance?code={code}", b"{")

    at_the_till(own_database, merchant, story)
    held = {
        "code": code, "shown": codes.display(code), "link": link.rsplit("/gift/")[-1].strip("/"),
        "order": placed.token, "reset": reset.strip("/").rsplit("/", 1)[-1], "key": secrets[0],
        "password": PASSWORD, "wrong": "a wrong long password",
    }  # fmt: skip
    text = logged.getvalue()
    assert "request_finished" in text
    assert {name for name, one in held.items() if one in text} == set()
    kept = _whole_database(own_database.admin_url)
    assert "cards_card" in kept
    # The sandbox processor stands for another company, which is told where to send the buyer back.
    told = {("payments_sandboxcheckout", "order")}
    leaks = {(table, name) for table, rows in kept.items() for name, one in held.items() if one in rows}
    assert leaks == told
    assert not [
        t
        for t, rows in kept.items()
        if "A quiet secret" in rows and not t.startswith(("orders_", "delivery_"))
    ]


def _whole_database(url: str) -> dict[str, str]:
    with psycopg.connect(url) as admin:
        names = [
            one for (one,) in admin.execute("select tablename from pg_tables where schemaname = 'public'")
        ]
        return {
            name: "\n".join(str(row) for (row,) in admin.execute(f"select t::text from {name} t"))
            for name in names
        }


@pytest.mark.line("doors-9")
def test_pages_whose_address_is_a_secret_send_no_referrer_and_are_kept_nowhere(db: None) -> None:
    shop = make_shop()
    placed = make_order(shop)
    for path in (
        f"/orders/{placed.token}/",
        f"/orders/{placed.token}/state/",
        "/gift/unknown-but-long-enough/",
    ):
        answer = Client().get(path)
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]


@pytest.mark.line("doors-9")
def test_no_file_is_named_after_a_secret(desk: Desk) -> None:
    answer = desk.browser.get(desk.at("figures.csv"))
    assert answer["Content-Disposition"] == f'attachment; filename="{desk.merchant.slug}-14-days.csv"'
    cache.clear()
