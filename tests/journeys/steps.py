"""What people do in the stories, each step as a person would say it."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Tab


def sign_in(tab: Tab, person: dict[str, str]) -> None:
    """Sign in with e-mail and password."""
    page = tab.page
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(person["email"])
    page.get_by_label("Password", exact=True).fill(person["password"])
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("/accounts/login"))


def order_a_gift(
    tab: Tab, slug: str, *, to: str, value: str = "50", message: str = "Happy birthday."
) -> None:
    """Choose a card in the shop and go to the payment page."""
    page = tab.page
    page.goto(f"/shops/{slug}/")
    page.locator("main a[href*='/shops/']").first.click()
    figure = page.locator("strong", has_text=re.compile(rf"^\D{value}$"))
    page.locator("label.choice", has=figure).first.click()
    page.get_by_label("Who is it for?").fill("Maja")
    page.get_by_label("From", exact=True).fill("Tomas")
    page.get_by_label("Message").fill(message)
    page.get_by_label("Their e-mail").fill(to)
    page.get_by_label(re.compile("Your e-mail")).fill("tomas@example.com")
    tab.check_accessibility()
    page.get_by_role("button", name=re.compile("Pay")).click()
    expect(page.get_by_role("heading", name=re.compile("^Pay "))).to_be_visible()


def open_newest_mail(tab: Tab, to: str) -> Page:
    """Open the newest mail to this address in the outbox; gives back the page it is on."""
    page = tab.page
    for _ in range(60):
        page.goto("/outbox/")
        rows = page.locator("tbody tr", has_text=to)
        if rows.count():
            rows.first.get_by_role("link").click()
            return page
        page.wait_for_timeout(250)
    raise AssertionError(f"no mail to {to} came")


def follow_link(tab: Tab, name: str) -> Page:
    """Click a link in the mail that is shown; its page opens in this tab or a new one."""
    frame = tab.page.frame_locator("iframe")
    link = frame.get_by_role("link", name=re.compile(name)).first
    address = link.get_attribute("href")
    assert address
    tab.page.goto(address)
    return tab.page


def find_card(tab: Tab, code: str) -> None:
    """Type a code at the till, as a hand scanner would."""
    page = tab.page
    page.get_by_label("Code of the card").fill(code)
    page.keyboard.press("Enter")
    expect(page.locator("[data-keypad]")).to_be_visible()


def type_amount(page: Page, digits: str) -> None:
    """Press the keys of the keypad."""
    for digit in digits:
        page.locator(f".keypad button[data-key='{digit}']").click()


def open_till(tab: Tab, slug: str) -> None:
    """Go to the till and say where it stands."""
    page = tab.page
    page.goto(f"/till/{slug}/")
    if page.get_by_role("button", name="Open the till").is_visible():
        page.locator("label.choice").first.click()
        page.get_by_role("button", name="Open the till").click()


def money_minor(text: str) -> int:
    """€37.50 → 3750."""
    return int(re.sub(r"\D", "", text))


def verify_is_silent(platform: Any) -> None:
    """The books balance: `giftwell verify` has nothing to say."""
    done = platform.command("verify", check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
