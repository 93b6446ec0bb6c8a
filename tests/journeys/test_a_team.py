"""An owner lets somebody in by mail: a cashier who has one till in one place, and no more of the shop."""

import re
import uuid

from playwright.sync_api import expect

from tests.journeys.conftest import Tab
from tests.journeys.steps import follow_link, open_newest_mail, sign_in
from tests.running import Platform


def test_an_owner_invites_a_cashier_who_works_one_till(tab: Tab, platform: Platform) -> None:
    merchant, page = platform.demo["merchants"][0], tab.page
    slug, email = merchant["slug"], f"ines-{uuid.uuid4().hex[:8]}@example.com"
    sign_in(tab, merchant["owner"])
    page.goto(f"/console/{slug}/team/")
    tab.check_accessibility()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Role").select_option("cashier")
    place = page.locator("label.tick", has=page.locator("input[name=places]")).first
    chosen = place.inner_text().strip()
    place.click()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("row", name=re.compile(email))).to_be_visible()
    tab.check_accessibility()

    tab.context.clear_cookies()
    open_newest_mail(tab, email)
    follow_link(tab, "invitation")
    expect(page).to_have_url(re.compile("/accounts/invitation/$"))
    expect(page.get_by_text(chosen)).to_be_visible()
    tab.check_accessibility()
    page.get_by_label("Your name").fill("Ines")
    page.get_by_label("Password", exact=True).fill("seven quiet herons by the weir")
    page.get_by_role("button", name=re.compile("Make an account and join")).click()

    expect(page).to_have_url(re.compile(f"/till/{slug}/"))
    expect(page.get_by_label("Code of the card")).to_be_visible()
    expect(page.get_by_text(chosen).first).to_be_visible()
    assert page.goto(f"/console/{slug}/").status == 403
    assert page.goto(f"/till/{slug}/place/").status == 200
    expect(page.locator("input[name=location]")).to_have_count(1)
