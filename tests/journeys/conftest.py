"""One running platform for all stories of a worker, and a browser that reports everything that goes wrong."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser import executable
from tests.running import Platform

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
          "--disable-background-networking", "--disable-component-update"]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the stories on one worker, so that they share one platform."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("journeys"))
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def platform() -> Iterator[Platform]:
    """The running platform."""
    running = Platform()
    try:
        running.start()
        yield running
        code = running.stop()
        assert code == 0, f"giftwell run ended with {code}:\n{running.log[-4000:]}"
    finally:
        running.stop()
        running.remove()


@pytest.fixture
def playwright_here() -> Iterator[Playwright]:
    """Playwright, for one story: it leaves an event loop running, under which Django refuses its database."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def chromium(playwright_here: Playwright) -> Iterator[Browser]:
    """A headless Chromium; without one the story is skipped, which the gate does not accept."""
    found = executable()
    try:
        browser = playwright_here.chromium.launch(executable_path=found, args=FLAGS)
    except Exception as error:
        if os.environ.get("GIFTWELL_NO_SKIPS"):
            raise
        pytest.skip(f"no Chromium can be started here: {str(error).splitlines()[0]}")
    yield browser
    browser.close()


# A toast comes a moment after its page, and fades in.
_STILL = """async () => {
  await new Promise(go => setTimeout(go, 100));
  const passing = document.getAnimations().filter(one => one.effect.getTiming().iterations !== Infinity);
  await Promise.all(passing.map(one => one.finished.catch(() => {})));
}"""


@dataclass
class Tab:
    """A page of the browser with what went wrong on it."""

    page: Page
    context: BrowserContext
    troubles: list[str] = field(default_factory=list)

    def check_accessibility(self) -> None:
        """Fail on anything that axe finds."""
        from axe_playwright_python.sync_playwright import Axe

        # What fades in is judged when it is there.
        self.page.evaluate(_STILL)
        results = Axe().run(self.page)
        assert results.violations_count == 0, f"{self.page.url}\n{results.generate_report()}"


@pytest.fixture
def tab(chromium: Browser, platform: Platform) -> Iterator[Tab]:
    """A fresh tab in a fresh context; console errors, policy violations and server errors fail the story."""
    context = chromium.new_context(
        base_url=platform.base, viewport={"width": 1440, "height": 1000}, locale="en-IE"
    )
    page = context.new_page()
    tab = Tab(page=page, context=context)
    page.on("console", lambda message: _note(tab, message.type, message.text))
    page.on("pageerror", lambda error: tab.troubles.append(f"script: {error}"))
    page.on(
        "response",
        lambda answer: tab.troubles.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None,
    )
    yield tab
    context.close()
    assert not tab.troubles, "\n".join(tab.troubles)


def _note(tab: Tab, kind: str, text: str) -> None:
    # A refused form answers 4xx by design, and the browser tells each as an error of loading.
    if kind == "error" and "Failed to load resource: the server responded with a status of 4" not in text:
        tab.troubles.append(f"console: {text}")
