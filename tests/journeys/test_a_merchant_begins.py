"""A merchant signs up, confirms the address, makes a product, and sells the first card."""

import re
import uuid

from playwright.sync_api import expect

from tests.journeys.conftest import Tab
from tests.journeys.steps import follow_link, open_newest_mail, order_a_gift, verify_is_silent
from tests.running import Platform

PASSWORD = "seven quiet herons by the weir"


def test_a_merchant_signs_up_and_sells_the_first_card(tab: Tab, platform: Platform) -> None:
    page, mark = tab.page, uuid.uuid4().hex[:8]
    owner = f"ada-{mark}@example.com"
    page.goto("/start/")
    tab.check_accessibility()
    page.get_by_label("Name of the business").fill(f"Quill {mark}")
    page.get_by_label("Country").select_option("IE")
    page.get_by_label("Currency").select_option("EUR")
    page.get_by_label("Time zone").select_option("Europe/Dublin")
    page.get_by_label(re.compile("^(Your )?[Nn]ame$")).fill("Ada Quill")
    page.get_by_label(re.compile("E-mail")).fill(owner)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Send me the link").click()

    open_newest_mail(tab, owner)
    follow_link(tab, "address|e-mail|Confirm")
    page.get_by_role("button", name="Yes, it is mine").click()
    if "/accounts/login" in page.url:
        page.get_by_label("E-mail").fill(owner)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
    page.goto("/start/")
    tab.check_accessibility()
    page.get_by_role("button", name="Open the shop").click()
    slug = f"quill-{mark}"
    expect(page).to_have_url(re.compile(f"/console/{slug}/"))
    tab.check_accessibility()

    page.goto(f"/console/{slug}/products/")
    tab.check_accessibility()
    page.get_by_role("link", name="Make a product").first.click()
    page.get_by_label("Name").first.fill("A quill for someone")
    page.locator("fieldset.rows input").first.fill("50")
    tab.check_accessibility()
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("link", name="See it in your shop")).to_be_visible()

    to = f"first-{mark}@example.com"
    tab.context.clear_cookies()
    order_a_gift(tab, slug, to=to)
    page.get_by_role("button", name=re.compile("^Pay .*[0-9]$")).first.click()
    expect(page.get_by_role("heading", name="Given", exact=True)).to_be_visible(timeout=20_000)
    open_newest_mail(tab, to)
    verify_is_silent(platform)
