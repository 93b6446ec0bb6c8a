"""What the mails say: every placeholder is known, every entry is used, and text from people stays text."""

import re
from html.parser import HTMLParser

import pytest
from django.template import engines
from django.template.context import Context

from giftwell.foundation.messaging.colours import mail_colour
from giftwell.foundation.messaging.kinds import KINDS
from giftwell.foundation.messaging.render import render, subject_line

LINK = "https://shop.example/gift/abcdefghijklmnop"
SAMPLES = {
    "gift": {
        "recipient_name": "Maja",
        "sender_name": "Tomas",
        "message": "Happy birthday!\nSee you soon.",
        "merchant_name": "Nordlys Books",
        "amount": "€50.00",
        "link": LINK,
        "ground": "oklch(0.35 0.05 228)",
        "ink": "oklch(0.985 0.01 85)",
    },
    "receipt": {
        "buyer_name": "Tomas",
        "merchant_name": "Nordlys Books",
        "order_number": "N-1042",
        "total": "€75.00",
        "lines": [
            {"product": "Gift card", "recipient_name": "Maja", "amount": "€50.00"},
            {"product": "Gift card", "recipient_name": "", "amount": "€25.00"},
        ],
        "link": "https://shop.example/orders/abcdefghijklmnop/",
    },
    "order_returned": {
        "buyer_name": "Maja",
        "merchant_name": "Nordlys Books",
        "order_number": "N-1043",
        "last4": "7K4M",
        "total": "€25.00",
        "link": "https://shop.example/orders/abcdefghijklmnop/",
    },
    "verify_email": {"name": "Maja", "link": "https://shop.example/accounts/confirm-email/abcdef/"},
    "reset_password": {"name": "Maja", "link": "https://shop.example/accounts/password/reset/key/abc/"},
    "account_already_exists": {"link": "https://shop.example/accounts/login/"},
    "confirm_address": {
        "name": "Maja",
        "text": "Somebody who is signed in as you wants to use another address.",
        "link": "https://shop.example/accounts/address/confirm/abc/",
    },
    "invitation": {
        "merchant_name": "Cafe Tide",
        "inviter": "Ines",
        "role": "Cashier",
        "places": "Old Harbour",
        "link": "https://shop.example/accounts/invitation/abcdef/",
    },
    "platform_alert": {
        "headline": "Far more wrong passwords than usual",
        "text": "Unknown devices wait.",
        "link": "https://shop.example/backoffice/people/",
    },
    "security_notice": {
        "name": "Maja",
        "headline": "A new sign-in to your account",
        "text": "Somebody signed in with a device that we had not seen before.",
        "detail": "Firefox on Linux, 203.0.113.0/24",
        "link": "https://shop.example/accounts/password/reset/",
    },
}
FORMS = ("mjml", "txt", "subject.txt")
HOSTILE = '</td><script>alert(1)</script>{{ link }}<mj-raw>&amp;" onload=x'


class UnknownPlaceholder(Exception):
    """A template names something that its kind does not have."""


class StrictContext(Context):
    """A context in which an unknown name is an error, even inside a condition."""

    def __getitem__(self, key):
        """Look the name up, or fail."""
        try:
            return super().__getitem__(key)
        except KeyError:
            raise UnknownPlaceholder(key) from None


class Outline(HTMLParser):
    """Collects tags, links and visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Note the tag and where a link leads."""
        self.tags.append(tag)
        self.links += [value for name, value in attrs if tag == "a" and name == "href" and value]

    def handle_data(self, data):
        """Note the text."""
        self.text += data


def test_every_kind_has_a_sample_here_that_is_exactly_what_it_is_filled_with():
    assert set(SAMPLES) == set(KINDS)
    for kind, sample in SAMPLES.items():
        assert set(sample) == KINDS[kind].context, kind


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_template_names_nothing_that_its_kind_does_not_have(kind, form):
    template = engines["django"].get_template(f"messages/{kind}.{form}").template
    secret = KINDS[kind].secret if form == "subject.txt" else frozenset()
    filled = {name: value for name, value in SAMPLES[kind].items() if name not in secret}
    assert template.render(StrictContext(filled)).strip()


def test_an_unknown_placeholder_would_be_noticed():
    for source in ("{{ nothing }}", "{% if nothing %}x{% endif %}", "{% for x in nothing %}{% endfor %}"):
        with pytest.raises(UnknownPlaceholder):
            engines["django"].from_string(source).template.render(StrictContext({"link": LINK}))


@pytest.mark.parametrize("kind", KINDS)
def test_html_and_text_both_say_everything_that_is_not_a_colour(kind):
    rendered = render(kind, SAMPLES[kind])
    outline = Outline(rendered.html)
    for name in KINDS[kind].context - KINDS[kind].colours - {"lines", "link", "message"}:
        value = SAMPLES[kind][name]
        assert value in outline.text, f"{name} in HTML"
        assert value in rendered.text, f"{name} in text"
    assert SAMPLES[kind]["link"] in rendered.text
    assert SAMPLES[kind]["link"] in outline.links
    for line in SAMPLES[kind].get("lines", ()):
        for value in line.values():
            assert value in outline.text
            assert value in rendered.text


@pytest.mark.parametrize("kind", KINDS)
def test_text_from_people_stays_text(kind):
    sample = {
        name: HOSTILE if isinstance(value, str) and name not in {"link", "ground", "ink"} else value
        for name, value in SAMPLES[kind].items()
    }
    outline = Outline(render(kind, sample).html)
    assert "script" not in outline.tags
    assert not [tag for tag in outline.tags if tag.startswith("mj-")]
    assert outline.links == [SAMPLES[kind]["link"]]
    if any(value == HOSTILE for value in sample.values()):
        assert "<script>alert(1)</script>" in outline.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_subject_is_one_short_line_without_what_is_secret(kind):
    sample = {
        name: f"{value}\r\nBcc: everyone@example.com" if isinstance(value, str) else value
        for name, value in SAMPLES[kind].items()
    }
    subject = subject_line(kind, sample)
    assert subject
    assert "\n" not in subject
    assert "\r" not in subject
    assert len(subject) <= 200
    assert "http" not in subject


@pytest.mark.parametrize("kind", KINDS)
def test_reading_a_mail_tells_nobody(kind):
    html = render(kind, SAMPLES[kind]).html.replace(SAMPLES[kind]["link"], "")
    assert "@import" not in html
    assert "<link" not in html
    assert "url(" not in html
    assert set(re.findall(r'https?://[^"\'\s>]+', html)) <= {"http://www.w3.org/1999/xhtml"}


def test_the_gift_s_qr_code_leads_where_its_button_leads():
    rendered = render("gift", SAMPLES["gift"])
    (image,) = rendered.images
    assert f"cid:{image.name}" in rendered.html
    assert image.png.startswith(b"\x89PNG")
    assert re.search(r'<img[^>]*alt="[^"]+"', rendered.html)


def test_a_card_is_drawn_in_the_merchant_s_colours_that_mail_clients_know():
    html = render("gift", SAMPLES["gift"]).html
    assert "oklch" not in html
    assert mail_colour(SAMPLES["gift"]["ground"]) in html
    assert mail_colour(SAMPLES["gift"]["ink"]) in html


def test_a_gift_from_nobody_to_nobody_still_reads_well():
    sample = SAMPLES["gift"] | {"sender_name": "", "recipient_name": "", "message": ""}
    rendered = render("gift", sample)
    assert "sent you" not in rendered.text + rendered.html
    assert "chose" not in rendered.html
    assert "Dear" not in rendered.text
    assert subject_line("gift", sample) == "A Nordlys Books gift card for you"
