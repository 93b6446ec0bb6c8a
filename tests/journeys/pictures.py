"""Take the pictures under docs/pictures: each page at 390 and 1440 px, light and dark. `make pictures`.

A picture in which the page scrolls sideways, or on which axe finds something, is an error.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import executable
from tests.journeys.conftest import FLAGS
from tests.running import Platform

PLACE = Path(__file__).resolve().parents[2] / "docs" / "pictures"
WIDTHS = {"wide": 1440, "narrow": 390}


@dataclass
class Studio:
    """One browser context in one width and scheme, and what was wrong."""

    page: Page
    suffix: str
    faults: list[str]

    def take(self, name: str, address: str = "", *, do: Callable[[Page], None] | None = None) -> None:
        """Go there, do something, and take the picture."""
        if address:
            self.page.goto(address)
        if do:
            do(self.page)
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(150)
        sideways = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if sideways > 0:
            self.faults.append(f"{name}-{self.suffix}: scrolls {sideways} px sideways")
        found = Axe().run(self.page)
        if found.violations_count:
            self.faults.append(f"{name}-{self.suffix}: {found.generate_report()[:600]}")
        self.page.screenshot(
            path=PLACE / f"{name}-{self.suffix}.jpg", type="jpeg", quality=70, full_page=True
        )


def _public(studio: Studio, demo: dict) -> None:
    shop = demo["merchants"][0]["slug"]
    studio.take("home", "/")
    studio.take("home-nothing-found", "/?q=zzzz")
    studio.take("shop", f"/shops/{shop}/")
    studio.take("product", do=lambda page: page.locator("main a[href*='/shops/']").first.click())
    studio.take(
        "product-refused", do=lambda page: page.get_by_role("button", name=re.compile("^Pay")).click()
    )
    studio.take("balance", f"/shops/{shop}/balance/")
    studio.take("terms", "/terms/")
    studio.take("not-found", "/nothing-here/")
    studio.take("api-reference", "/docs/api")
    for name, address in (
        ("sign-in", "/accounts/login/"), ("sign-up", "/accounts/signup/"),
        ("reset-password", "/accounts/password/reset/"), ("start", "/start/"),
    ):  # fmt: skip
        studio.take(name, address)


def _gift(studio: Studio, demo: dict) -> None:
    page = studio.page
    studio.take("outbox", "/outbox/")
    page.locator("tbody tr", has_text="sent you").first.get_by_role("link").click()
    studio.take("mail")
    link = page.frame_locator("iframe").get_by_role("link", name=re.compile("gift")).first
    address = link.get_attribute("href")
    studio.take("gift-wrapped", address or "")
    studio.take("gift-opened", do=_unwrap)


def _unwrap(page: Page) -> None:
    page.get_by_role("button", name="Open your gift").click()
    page.locator(".pass .qr svg").wait_for()
    page.wait_for_timeout(1600)


def _sign_in(page: Page, person: dict[str, str]) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(person["email"])
    page.get_by_label("Password", exact=True).fill(person["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("networkidle")


def _till(studio: Studio, demo: dict) -> None:
    merchant, page = demo["merchants"][0], studio.page
    code = next(card["code"] for card in demo["cards"] if card["merchant"] == merchant["id"])
    _sign_in(page, merchant["cashier"])
    studio.take("till-place", f"/till/{merchant['slug']}/place/")
    page.locator("label.choice").first.click()
    page.get_by_role("button", name="Open the till").click()
    studio.take("till-scan", f"/till/{merchant['slug']}/")
    page.get_by_label("Code of the card").fill(code)
    page.keyboard.press("Enter")
    page.locator("[data-keypad]").wait_for()
    for digit in "125":
        page.locator(f".keypad button[data-key='{digit}']").click()
    studio.take("till-amount")
    page.locator("[data-keypad] [type=submit]").click()
    page.locator(".outcome").wait_for()
    studio.take("till-done")
    studio.take("till-today", f"/till/{merchant['slug']}/today/")
    page.get_by_role("link", name=re.compile("Give back")).first.click()
    studio.take("till-refund")


def _console(studio: Studio, demo: dict) -> None:
    merchant, page = demo["merchants"][0], studio.page
    _sign_in(page, merchant["owner"])
    base = f"/console/{merchant['slug']}/"
    studio.take("console-home", base)
    studio.take("console-cards", f"{base}cards/")
    page.locator("tbody a").first.click()
    studio.take("console-card")
    studio.take("console-cards-empty", f"{base}cards/?q=ZZZZ")
    studio.take("console-issue", f"{base}cards/issue/")
    studio.take("console-orders", f"{base}orders/")
    page.locator("tbody a").first.click()
    studio.take("console-order")
    for noun in ("redemptions", "products", "designs", "brand", "locations", "team", "developers"):
        studio.take(f"console-{noun}", f"{base}{noun}/")
    page.goto(f"{base}products/")
    page.locator("tbody a, main ul a").first.click()
    studio.take("console-product")
    studio.take("console-test-home", f"/console/{merchant['slug']}-test/")


def _people(studio: Studio, demo: dict) -> None:
    _sign_in(studio.page, demo["buyer"])
    studio.take("wallet", "/wallet/")
    studio.take("wallet-orders", "/wallet/orders/")


def _everything(browser: Browser, platform: Platform) -> list[str]:
    faults: list[str] = []
    for width, pixels in WIDTHS.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(
                base_url=platform.base, viewport={"width": pixels, "height": 900 if pixels > 400 else 844},
                color_scheme=scheme, locale="en-IE", reduced_motion="reduce",
            )  # fmt: skip
            studio = Studio(context.new_page(), f"{width}-{scheme}", faults)
            for part in (_public, _gift, _till, _console, _people):
                try:
                    part(studio, platform.demo)
                except Exception as error:
                    faults.append(f"{part.__name__} {studio.suffix}: {str(error)[:300]}")
            context.close()
    return faults


def main() -> int:
    """Take them all; gives back the exit code."""
    PLACE.mkdir(parents=True, exist_ok=True)
    platform = Platform()
    try:
        platform.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
            faults = _everything(browser, platform)
    finally:
        platform.stop()
        platform.remove()
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
