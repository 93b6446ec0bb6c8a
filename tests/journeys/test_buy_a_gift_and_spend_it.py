"""The main job, in a real browser: bought, paid, received, spent, given back, seen on the desk; the books
balance.
"""

import re
import uuid

from playwright.sync_api import expect

from tests.journeys.conftest import Tab
from tests.journeys.steps import (
    find_card,
    follow_link,
    open_newest_mail,
    open_till,
    order_a_gift,
    sign_in,
    type_amount,
    verify_is_silent,
)
from tests.running import Platform


def _receive(tab: Tab, to: str) -> str:
    """Open the gift out of its mail and unwrap it; gives back the code."""
    page = open_newest_mail(tab, to)
    tab.check_accessibility()
    page = follow_link(tab, "gift")
    expect(page.locator(".digits")).to_have_count(0)
    page.get_by_role("button", name="Open your gift").click()
    expect(page.locator(".pass .qr svg")).to_be_visible()
    expect(page.get_by_text("Happy birthday.")).to_be_visible()
    page.wait_for_timeout(1500)  # the unwrapping is over
    tab.check_accessibility()
    code = page.locator(".pass .digits").inner_text()
    return re.sub(r"[^0-9A-Z-]", "", code.split("\n")[-1].upper().removeprefix("OR SAY:").strip())


def test_buy_a_gift_and_spend_it(tab: Tab, platform: Platform) -> None:
    shop = platform.demo["merchants"][0]
    to = f"maja-{uuid.uuid4().hex[:8]}@example.com"

    order_a_gift(tab, shop["slug"], to=to)
    tab.check_accessibility()
    tab.page.get_by_role("button", name=re.compile("^Pay .*[0-9]$")).first.click()
    expect(tab.page).to_have_url(re.compile("/orders/"))
    expect(tab.page.get_by_role("heading", name="Given", exact=True)).to_be_visible(timeout=20_000)
    tab.check_accessibility()

    code = _receive(tab, to)

    sign_in(tab, shop["cashier"])
    open_till(tab, shop["slug"])
    tab.check_accessibility()
    page = tab.page
    find_card(tab, code)
    tab.check_accessibility()
    type_amount(page, "1250")
    page.get_by_role("button", name="Redeem €12.50").click()
    expect(page.get_by_role("heading", name="€12.50 redeemed")).to_be_visible()
    expect(page.locator(".facts .total")).to_contain_text("37.50")
    tab.check_accessibility()

    page.get_by_role("link", name="Next card").click()
    find_card(tab, code.lower().replace("-", " "))
    type_amount(page, "3000")
    page.get_by_role("button", name="Redeem €30.00").click()
    expect(page.locator(".facts .total")).to_contain_text("7.50")

    page.get_by_role("link", name="Next card").click()
    find_card(tab, code)
    type_amount(page, "751")
    expect(page.get_by_text("say how the rest is paid")).to_be_visible()
    page.locator("[data-keypad] [type=submit]").click()
    expect(page.locator(".outcome.refused")).to_be_visible()
    expect(page.locator(".outcome.refused")).to_contain_text("7.50")
    tab.check_accessibility()

    page.goto(f"/till/{shop['slug']}/today/")
    tab.check_accessibility()
    page.get_by_role("row", name=re.compile("30.00")).first.get_by_role(
        "link", name=re.compile("Give back")
    ).click()
    page.get_by_role("button", name="Give back €30.00").click()
    expect(page.locator(".facts .total")).to_contain_text("37.50")

    tab.context.clear_cookies()
    sign_in(tab, shop["owner"])
    page.goto(f"/console/{shop['slug']}/cards/?q={code[-4:]}")
    tab.check_accessibility()
    row = page.locator("tbody tr").filter(has_text="37.50")
    expect(row).to_have_count(1)
    row.get_by_role("link").first.click()
    expect(page.locator(".timeline li")).not_to_have_count(0)
    for figure in ("12.50", "30.00"):
        expect(page.locator("main")).to_contain_text(figure)
    tab.check_accessibility()
    page.goto(f"/console/{shop['slug']}/")
    tab.check_accessibility()
    verify_is_silent(platform)


def test_a_declined_payment_leaves_no_card(tab: Tab, platform: Platform) -> None:
    shop = platform.demo["merchants"][0]
    to = f"nobody-{uuid.uuid4().hex[:8]}@example.com"
    order_a_gift(tab, shop["slug"], to=to)
    tab.page.get_by_role("button", name="Decline", exact=True).click()
    expect(tab.page).to_have_url(re.compile("/orders/"))
    expect(tab.page.get_by_role("heading", name="Given", exact=True)).to_have_count(0)
    expect(tab.page.get_by_role("button", name=re.compile("^Pay"))).to_be_visible()
    tab.check_accessibility()
    number = re.search(r"Order ([0-9A-Z-]+)", tab.page.locator("main").inner_text())
    assert number
    sign_in(tab, shop["owner"])
    tab.page.goto(f"/console/{shop['slug']}/cards/?status=active&q={number[1]}")
    expect(tab.page.locator("tbody tr")).to_have_count(0)
    verify_is_silent(platform)


def test_a_notice_told_twice_and_backwards_fulfils_once(tab: Tab, platform: Platform) -> None:
    shop = platform.demo["merchants"][0]
    for button in ("Pay, and tell the shop twice", "Decline, then pay, told out of order"):
        to = f"maja-{uuid.uuid4().hex[:8]}@example.com"
        order_a_gift(tab, shop["slug"], to=to)
        tab.page.get_by_role("button", name=button).click()
        expect(tab.page.get_by_role("heading", name="Given", exact=True)).to_have_count(1, timeout=20_000)
        open_newest_mail(tab, to)
        tab.page.wait_for_timeout(1500)
        tab.page.goto("/outbox/")
        expect(tab.page.locator("tbody tr", has_text=to)).to_have_count(1)
    verify_is_silent(platform)


def test_a_payment_that_comes_too_late_makes_no_card(tab: Tab, platform: Platform) -> None:
    shop = platform.demo["merchants"][0]
    order_a_gift(tab, shop["slug"], to=f"late-{uuid.uuid4().hex[:8]}@example.com")
    tab.page.get_by_role("button", name=re.compile("^Pay late")).click()
    expect(tab.page).to_have_url(re.compile("/orders/"))
    expect(tab.page.get_by_role("heading", name="Given", exact=True)).to_have_count(0)
    verify_is_silent(platform)
