"""A holder in a real browser: a card kept, topped up, divided, lost; the lost code is dead at the till."""

import re
import uuid

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Tab
from tests.journeys.steps import (
    find_card,
    follow_link,
    open_newest_mail,
    open_till,
    order_a_gift,
    sign_in,
    verify_is_silent,
)
from tests.running import Platform


def keep_a_gift(tab: Tab, slug: str) -> None:
    """Buy a gift for oneself while signed in, open it out of its mail and keep it."""
    to = f"maja-{uuid.uuid4().hex[:8]}@example.com"
    order_a_gift(tab, slug, to=to)
    tab.page.get_by_role("button", name=re.compile("^Pay .*[0-9]$")).first.click()
    expect(tab.page.get_by_role("heading", name="Given", exact=True)).to_be_visible(timeout=20_000)
    open_newest_mail(tab, to)
    page = follow_link(tab, "gift")
    page.get_by_role("button", name="Open your gift").click()
    page.get_by_role("button", name="Keep it in my wallet").click()
    expect(page).to_have_url(re.compile("/wallet/$"))


def code_on(page: Page) -> str:
    """Ask for the code of the card whose page is shown, and hide it again."""
    page.get_by_role("button", name="Show the code for the till").click()
    expect(page.locator(".pass .qr svg")).to_be_visible()
    text = page.locator(".pass .digits").inner_text().upper()
    page.get_by_role("link", name="Hide the code").click()
    return re.sub(r"[^0-9A-Z-]", "", text.split("\n")[-1].removeprefix("OR SAY:").strip())


def go_on(tab: Tab, act: str) -> None:
    """Confirm what the page says will happen."""
    tab.check_accessibility()
    tab.page.get_by_role("button", name=re.compile(act)).click()


def to_spend(page: Page, amount: str) -> None:
    """The heading of the card's page."""
    expect(page.get_by_role("heading", name=f"{amount} to spend")).to_be_visible()


def test_top_up_share_and_lose_a_card(tab: Tab, platform: Platform) -> None:
    shop, page = platform.demo["merchants"][0], tab.page
    sign_in(tab, platform.demo["buyer"])
    keep_a_gift(tab, shop["slug"])
    page.locator(".wallet a").first.click()
    to_spend(page, "€50.00")
    tab.check_accessibility()
    lost = code_on(page)
    of_card = page.url

    page.get_by_role("link", name="Top up").click()
    tab.check_accessibility()
    page.locator("label.choice", has=page.locator("strong", has_text="Other")).click()
    page.get_by_label("How much, in EUR?").fill("2000")
    page.get_by_role("button", name="Go to the payment").click()
    expect(page.get_by_text("Write an amount from")).to_be_visible()
    page.get_by_label("How much, in EUR?").fill("12.50")
    page.get_by_role("button", name="Go to the payment").click()
    page.get_by_role("button", name=re.compile("^Pay .*[0-9]$")).first.click()
    expect(page.get_by_role("heading", name="Topped up")).to_be_visible(timeout=20_000)
    tab.check_accessibility()
    page.goto(of_card)
    to_spend(page, "€62.50")

    page.get_by_role("link", name="Split").click()
    page.get_by_label("Card 1").fill("20")
    go_on(tab, "Go on")
    go_on(tab, "Make 1 card")
    to_spend(page, "€42.50")
    page.get_by_role("link", name="Merge").click()
    tab.check_accessibility()
    page.get_by_label(re.compile("€20.00 on it")).check()
    go_on(tab, "Go on")
    expect(page.get_by_text("This cannot be undone.")).to_be_visible()
    page.get_by_role("link", name="Leave it as it is").click()
    page.get_by_role("link", name="Move value").click()
    tab.check_accessibility()
    page.get_by_label(re.compile("€20.00 on it")).check()
    page.get_by_label("How much?").fill("2.50")
    go_on(tab, "Go on")
    go_on(tab, "Move €2.50")
    to_spend(page, "€40.00")

    page.get_by_role("link", name="Report this card lost").click()
    go_on(tab, "Report card .* lost")
    expect(page.get_by_text("Carries lost card")).to_be_visible()
    to_spend(page, "€40.00")
    for told in ("The gift", "Topped up", "Split into new cards"):
        expect(page.locator(".facts").get_by_text(told)).to_be_visible()
    tab.check_accessibility()
    found = code_on(page)
    assert found != lost

    tab.context.clear_cookies()
    sign_in(tab, shop["cashier"])
    open_till(tab, shop["slug"])
    page.get_by_label("Code of the card").fill(lost)
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("closed", re.IGNORECASE)).first).to_be_visible()
    page.goto(f"/till/{shop['slug']}/")
    find_card(tab, found)
    verify_is_silent(platform)
