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
    page.get_by_label("Your name").fill("Ada Quill")
    page.get_by_label(re.compile("E-mail")).first.fill(owner)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label(re.compile("[Bb]usiness|[Ss]hop")).first.fill(f"Quill {mark}")
    page.locator("form button.big").click()

    open_newest_mail(tab, owner)
    follow_link(tab, "address|e-mail|Confirm")
    page.locator("main form button").first.click()
    slug = f"quill-{mark}"
    page.goto(f"/console/{slug}/")
    expect(page.locator("main h1")).to_be_visible()
    tab.check_accessibility()

    page.goto(f"/console/{slug}/products/")
    tab.check_accessibility()
    page.get_by_role("link", name=re.compile("product", re.IGNORECASE)).filter(
        has_text=re.compile("New|Make|Add")
    ).first.click()
    page.get_by_label(re.compile("Name")).first.fill("A quill for someone")
    page.locator("input[name$=value], input[name*=value]").first.fill("50")
    tab.check_accessibility()
    page.locator("main form button.button").last.click()
    page.get_by_role("button", name=re.compile("Publish|Put on sale")).first.click()

    to = f"first-{mark}@example.com"
    tab.context.clear_cookies()
    order_a_gift(tab, slug, to=to)
    page.get_by_role("button", name=re.compile("^Pay .*[0-9]$")).first.click()
    expect(page.get_by_role("link", name="See the gift")).to_be_visible(timeout=20_000)
    open_newest_mail(tab, to)
    verify_is_silent(platform)
