"""Somebody protects an account: an app, codes for the lost phone, and a passkey that signs in alone."""

import re
import time
import uuid

from playwright.sync_api import Page, expect

from giftwell.foundation.identity import totp
from tests.journeys.conftest import Tab
from tests.journeys.steps import follow_link, open_newest_mail
from tests.running import Platform

PASSWORD = "seven quiet herons by the weir"


def _make_account(tab: Tab, email: str) -> None:
    page = tab.page
    page.goto("/accounts/signup/")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill("a password")
    expect(page.locator(".strength output")).to_have_text("5 more to go")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    expect(page.locator(".strength output")).to_have_text("Strong")
    tab.check_accessibility()
    page.get_by_role("button", name="Make my account").click()
    open_newest_mail(tab, email)
    follow_link(tab, "address|e-mail|Confirm")
    page.get_by_role("button", name="Yes, it is mine").click()
    expect(page).to_have_url(re.compile("/wallet/"))


def _type_password(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _confirm(page: Page) -> None:
    """Whoever signed in by a link alone is asked for the password first."""
    if "/accounts/confirm/" in page.url:
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="It is me").click()


def test_an_app_and_a_backup_code_for_the_lost_phone(tab: Tab) -> None:
    page, email = tab.page, f"ada-{uuid.uuid4().hex[:8]}@example.com"
    _make_account(tab, email)
    page.goto("/accounts/second-factor/")
    tab.check_accessibility()
    page.get_by_role("link", name="Set up an app").click()
    _confirm(page)
    page.get_by_text("I cannot scan it").click()
    secret = page.locator("code.reference").inner_text().replace(" ", "")
    tab.check_accessibility()
    page.get_by_label("Code that the app shows").fill("000000")
    page.get_by_role("button", name="It is set up").click()
    expect(page.get_by_text("This is not the code the app shows now")).to_be_visible()
    page.get_by_label("Code that the app shows").fill(totp.code_at(secret, int(time.time()) // 30))
    page.get_by_role("button", name="It is set up").click()
    page.get_by_role("button", name="Make ten codes").click()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    tab.check_accessibility()

    tab.context.clear_cookies()
    _type_password(page, email)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    tab.check_accessibility()
    page.get_by_label("Code").fill(totp.code_at(secret, int(time.time()) // 30 + 1))
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/wallet/"))

    tab.context.clear_cookies()
    _type_password(page, email)
    page.get_by_label("Code").fill(codes[3])
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/wallet/"))
    told = page.locator("tbody tr", has_text=email).filter(has_text="A backup code was used")
    for _ in range(40):
        page.goto("/outbox/")
        if told.count():
            break
        page.wait_for_timeout(250)
    expect(told.first).to_be_visible()


def test_a_passkey_is_added_and_signs_in_by_itself(tab: Tab, platform: Platform) -> None:
    page, email = tab.page, f"eve-{uuid.uuid4().hex[:8]}@example.com"
    _make_account(tab, email)
    # A passkey is for a name and not for a number, so the rest happens at localhost.
    home = f"http://localhost:{platform.port}"
    devices = tab.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    more = {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {**device, **more}})
    page.goto(f"{home}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/wallet/"))
    page.goto(f"{home}/accounts/second-factor/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("My phone")
    tab.check_accessibility()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("button", name="Make ten codes")).to_be_visible()
    page.goto(f"{home}/accounts/second-factor/")
    expect(page.get_by_text("My phone").first).to_be_visible()

    tab.context.clear_cookies()
    page.goto(f"{home}/accounts/login/")
    tab.check_accessibility()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/wallet/"))

    tab.context.clear_cookies()
    page.goto(f"{home}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/wallet/"))
