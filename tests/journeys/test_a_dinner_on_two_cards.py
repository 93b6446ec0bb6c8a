"""A dinner at a restaurant: set aside, taken with a tip, a bill on two cards, an answer that never came."""

import json
import re
from typing import Any

from playwright.sync_api import expect

from tests.journeys.conftest import Tab
from tests.journeys.steps import find_card, open_till, sign_in, type_amount, verify_is_silent
from tests.running import Platform


def _cards(platform: Platform, shop: dict[str, Any], count: int) -> list[str]:
    """Codes of fresh cards of €50."""
    said = platform.command(
        "issue", "--merchant", shop["slug"], "--value", "50", "--count", str(count), "--json"
    ).stdout
    return [card["code"] for card in json.loads(said[said.index("{") :])["cards"]]


def test_a_dinner_on_two_cards(tab: Tab, platform: Platform) -> None:
    shop = platform.demo["merchants"][0]
    first, second, third = _cards(platform, shop, 3)
    sign_in(tab, shop["cashier"])
    open_till(tab, shop["slug"])
    page = tab.page

    # A table: set aside now, taken with a tip when the bill comes.
    find_card(tab, first)
    type_amount(page, "3000")
    page.get_by_role("button", name="Set aside").click()
    tab.check_accessibility()
    page.get_by_role("button", name="Set €30.00 aside").click()
    expect(page.get_by_role("heading", name=re.compile("Take from card"))).to_be_visible()
    tab.check_accessibility()
    page.get_by_label(re.compile("Tip on top")).fill("4.50")
    page.get_by_role("button", name="Take €30.00").click()
    expect(page.get_by_role("heading", name="€34.50 redeemed")).to_be_visible()
    tab.check_accessibility()

    # A bill of €80 on two cards, the second with a tip.
    page.get_by_role("link", name="Next card").click()
    find_card(tab, second)
    type_amount(page, "8000")
    expect(page.get_by_text("say how the rest is paid")).to_be_visible()
    expect(page.get_by_role("button", name="Set aside")).to_be_disabled()
    page.get_by_role("button", name="Redeem €80.00").click()
    page.get_by_role("button", name="Redeem €50.00").click()
    expect(page.locator("main .facts")).to_contain_text("30.00")
    tab.check_accessibility()
    page.get_by_role("link", name="€30.00 from another card").click()
    find_card(tab, third)
    expect(page.get_by_role("button", name="Redeem €30.00")).to_be_visible()
    page.get_by_role("button", name="With a tip").click()
    page.get_by_role("button", name=re.compile("^10 %")).click()
    tab.check_accessibility()
    page.get_by_role("button", name="Redeem €30.00 and €3.00 tip").click()
    expect(page.get_by_role("heading", name="€33.00 redeemed")).to_be_visible()
    expect(page.get_by_text("Still to be paid")).to_have_count(0)

    # The answer never came: looked up, undone, told.
    page.goto(f"/till/{shop['slug']}/check/")
    tab.check_accessibility()
    page.get_by_role("button", name="Undo it").first.click()
    expect(page.get_by_text(re.compile("Undone: €33.00 can be spent")).first).to_be_visible()
    page.goto(f"/till/{shop['slug']}/today/")
    expect(page.get_by_role("row", name=re.compile("33.00"))).to_contain_text("undone")
    tab.check_accessibility()

    tab.context.clear_cookies()
    sign_in(tab, shop["owner"])
    page.goto(f"/console/{shop['slug']}/redemptions/")
    page.get_by_role("row", name=re.compile("34.50")).get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="€34.50 redeemed")).to_be_visible()
    expect(page.locator("main")).to_contain_text("4.50")
    tab.check_accessibility()
    page.goto(f"/console/{shop['slug']}/authorizations/")
    tab.check_accessibility()
    verify_is_silent(platform)
