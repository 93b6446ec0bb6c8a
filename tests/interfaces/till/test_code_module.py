"""The till's browser module judges a code exactly as the kit does: it must never turn a good card away."""

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

import giftwell.interfaces.till
from giftwell.kit import codes
from tests.browser import executable

MODULE = Path(giftwell.interfaces.till.__file__).parent / "static/till/code.js"
JUDGE = """async ([source, texts]) => {
  const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  return texts.map((text) => module.isWellFormed(module.normalize(text)));
}"""


@pytest.mark.skipif(executable() is None, reason="no Chromium on this machine")
def test_the_browser_judges_codes_as_the_server_does() -> None:
    good = [codes.new_code() for _ in range(200)]
    swapped = [code[:5] + code[6] + code[5] + code[7:] for code in good]
    wrong = [code[:-1] + codes.ALPHABET[(codes.ALPHABET.index(code[-1]) + 7) % 32] for code in good]
    typed = [codes.display(code).lower().replace("0", "o").replace("1", "l") + " \u2013" for code in good]
    texts = [*good, *swapped, *wrong, *typed, "", "7K4M", "U" * 17, "\u0663" * 17]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(), args=["--no-sandbox", "--disable-gpu"]
        )
        judged = browser.new_page().evaluate(JUDGE, [MODULE.read_text(), texts])
        browser.close()
    assert judged == [codes.is_well_formed(codes.normalize(text)) for text in texts]
