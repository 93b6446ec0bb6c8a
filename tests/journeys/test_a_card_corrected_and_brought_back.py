"""A card is corrected, a little by one person, more by two; it expires, and comes back with what it had."""

import json
import re
from typing import Any

import psycopg
from playwright.sync_api import expect

from tests.journeys.conftest import Tab
from tests.journeys.steps import sign_in, verify_is_silent
from tests.laws.crash.victims import servers_of
from tests.running import Platform


def _ran(platform: Platform, *words: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(platform.command(*words, "--json").stdout)
    return answer


def _time_passes(platform: Platform, card: str) -> None:
    """The card's last day becomes yesterday: the one thing that a story cannot wait for."""
    url = servers_of(platform).database_url(user="postgres")
    with psycopg.connect(url, autocommit=True) as admin:
        # As an operator of the database: for everyone else a card keeps its validity.
        admin.execute("set session_replication_role = replica")
        done = admin.execute(
            "update cards_card set expires_at = now() - interval '1 hour' "
            "where ledger.public_id('card', id) = %s",
            [card],
        )
        assert done.rowcount == 1


def test_a_card_is_corrected_by_two_expires_and_comes_back(tab: Tab, platform: Platform) -> None:
    page = tab.page
    shop = platform.demo["merchants"][0]
    made = _ran(platform, "issue", "--merchant", shop["slug"], "--value", "20.00", "--count", "1")
    card = made["cards"][0]
    base = f"/console/{shop['slug']}/"
    asked = _ran(
        platform, "adjust", "--merchant", shop["slug"], "--card", card["id"], "--add", "60", "--reason",
        "The terminal took it twice",
    )  # fmt: skip
    assert asked["status"] == "requested"

    sign_in(tab, shop["owner"])
    page.goto(base)
    page.get_by_role("link", name="Decide").click()
    page.get_by_role("link", name=re.compile("Adjustment of card")).first.click()
    tab.check_accessibility()
    page.get_by_role("button", name="Approve €60.00").click()
    expect(page.get_by_text("Approved: the card was adjusted by €60.00.").first).to_be_visible()

    page.goto(f"{base}cards/{card['id']}/")
    page.get_by_role("link", name="Adjust", exact=True).click()
    page.get_by_label("Take value off the card").check()
    page.get_by_label("How much?").fill("70")
    page.get_by_label("Why?").fill("Half of that was right")
    tab.check_accessibility()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("somebody else to approve it")).to_be_visible()
    page.get_by_role("link", name="Leave it as it is").click()
    page.get_by_role("link", name="Adjust", exact=True).click()
    page.get_by_label("Take value off the card").check()
    page.get_by_label("How much?").fill("30")
    page.get_by_label("Why?").fill("Half of that was right")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Take €30.00 off").click()
    expect(page.locator(".facts .total")).to_contain_text("€50.00")

    _time_passes(platform, card["id"])
    late = platform.command(
        "redeem", "--merchant", shop["slug"], "--code", card["code"], "--amount", "1", check=False
    )
    assert "card_is_expired" in late.stderr
    _ran(platform, "expire")
    page.goto(f"{base}cards/{card['id']}/")
    expect(page.locator(".facts .total")).to_contain_text("€0.00")
    page.get_by_role("link", name="Reinstate").click()
    page.get_by_label("Last day").fill("2040-05-31")
    tab.check_accessibility()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name=re.compile("^Reinstate card")).click()
    expect(page.locator(".facts .total")).to_contain_text("€50.00")
    tab.check_accessibility()
    spent = _ran(platform, "redeem", "--merchant", shop["slug"], "--code", card["code"], "--amount", "50")
    assert spent["balance_minor"] == 0
    verify_is_silent(platform)
