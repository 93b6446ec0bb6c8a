"""Colours for mail clients: what a shop keeps, in the one form that every client reads."""

import pytest

from giftwell.foundation.messaging.colours import FALLBACK, mail_colour


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("oklch(1 0 0)", "#ffffff"),
        ("oklch(0 0 0)", "#000000"),
        ("oklch(100% 0 0)", "#ffffff"),
        ("oklch(0.628 0.2577 29.23)", "#ff0000"),
        ("oklch(0.46 0.088 228)", "#05617e"),
        ("#A1B2C3", "#a1b2c3"),
    ],
)
def test_a_colour_is_written_as_mail_clients_read_it(text, expected):
    assert mail_colour(text) == expected


@pytest.mark.parametrize(
    "text", ["", "red", "oklch(a b c)", "#12", 'oklch(0.5 0 0)" onclick="', "oklch(1.1.1 0 0)"]
)
def test_what_is_no_colour_becomes_ink_and_never_markup(text):
    assert mail_colour(text) == FALLBACK
