"""What a page says about itself can never become a part of the page."""

import json
import re

from giftwell.interfaces.storefront.meta import decimal_text, described

HOSTILE = '</script><script>alert("x")</script>&'


def test_a_name_cannot_end_the_block_of_data():
    html = described(path="/x/", title=HOSTILE, text=HOSTILE, data={"@type": "Store", "name": HOSTILE})
    assert html.count("<script") == 1
    assert html.count("</script>") == 1
    block = re.search(r"<script type=\"application/ld\+json\">(.*)</script>", html)
    assert block
    assert json.loads(block[1])["name"] == HOSTILE


def test_amounts_are_written_with_the_decimals_of_their_currency():
    assert decimal_text(4800, "EUR") == "48.00"
    assert decimal_text(5000, "JPY") == "5000"
    assert decimal_text(1_234_567, "KWD") == "1234.567"
