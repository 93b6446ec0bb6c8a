"""No secret in a log line, whichever way it gets there."""

import io
import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from giftwell.config.logging import logging_settings
from giftwell.config.redaction import HIDDEN, redact_line, redacted, redacted_text
from giftwell.kit import codes
from giftwell.kit.crypto import new_token

CODE = "7K4MXQ2D9FHT3WNPV"
TOKEN = "q9XfJ2mLw0-ZcV7bN4rT_kYp3sDgH6aE"
SECRETS = [
    (CODE, CODE),
    (codes.display(CODE), "XQ2D"),
    (codes.display(CODE).lower(), "xq2d"),
    ("7K4M XQ2D 9FHT 3WNPV", "XQ2D"),
    (f"the code is {CODE}.", CODE),
    ("key gw_live_abcDEF123-_x for you", "abcDEF123"),
    ("gw_test_0123456789abcdef", "0123456789"),
    ("Authorization: Bearer abc.def-ghi", "abc.def"),
    ("authorization=Basic dXNlcjpwYXNz", "dXNl"),
    (f"GET /gift/{TOKEN}/ 200", TOKEN),
    (f"http://127.0.0.1:8000/orders/{TOKEN}", TOKEN),
    (f"/accounts/confirm-email/{TOKEN}/", TOKEN),
    ("/accounts/password/reset/key/1-c7xyz9-0a1b2c3d4e/", "0a1b2c3d4e"),
    ("/outbox/mail_06f3v9q1d8h2k7m4n5p6r8s9t0/html", "mail_"),
    (f"GET /x?next=/&token={TOKEN}&a=1", TOKEN),
    ('{"password": "hunter2 "}', "hunter2"),
    ("password=hunter2", "hunter2"),
    ("secret: hunter2", "hunter2"),
    ("smtp refused maja.quiet@example.com", "maja"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_secret_in_a_text_is_taken_out(text, secret):
    assert secret not in redacted_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "POST /v1/pos/redemptions 201",
        "0197f3c2-4a51-7c3e-9d1b-52f0a6b8c9d0",
        "card_06f3v9q1d8h2k7m4n5p6r8s9t0",
        "2026-11-24T04:24:09.527865Z",
        "internationalized",
        "this that them thing",
        "card_is_frozen",
        "req-0123456789abcdef0123456789abcdef",
        "/shops/nordlys/gift-card/",
        "redeemed 2500 EUR at loc_06f0000000000000000000000",
    ],
)
def test_what_is_no_secret_stays_readable(text):
    assert redacted_text(text) == text


@given(st.binary(min_size=10, max_size=10))
def test_any_code_is_taken_out_of_any_sentence(raw):
    number = int.from_bytes(raw)
    body = [(number >> shift) & 31 for shift in range(75, -5, -5)]
    code = "".join(codes.ALPHABET[value] for value in [*body, codes._check_value(body)])
    for shown in (code, codes.display(code), code.lower(), codes.display(code).replace("-", " ")):
        if any(map(str.isdigit, shown)):
            assert shown not in redacted_text(f"balance of {shown} asked")


@pytest.mark.parametrize(
    "key",
    [
        "password", "new_password", "Authorization", "api_key", "apikey", "token", "refresh_token", "cookie",
        "cookies", "csrfmiddlewaretoken", "sandbox_processor_secret", "session_key", "card_code", "link",
        "recipient", "pin", "otp",
    ],
)  # fmt: skip
def test_an_entry_with_a_secret_s_name_is_hidden_whatever_it_holds(key):
    line = redact_line(None, "info", {key: "x", "deep": {key: ["y"]}, "list": [{key: 1}]})
    assert line == {key: HIDDEN, "deep": {key: HIDDEN}, "list": [{key: HIDDEN}]}


def test_entries_that_only_sound_like_secrets_stay():
    line = {"code": 404, "status_code": 200, "key": "k", "monkey": "m", "pinned": True, "token": None}
    assert redact_line(None, "info", dict(line)) == line
    assert redact_line(None, "info", {"code": "card_is_frozen"})["code"] == "card_is_frozen"
    assert redact_line(None, "info", {"code": "AB12"})["code"] == HIDDEN


def test_values_of_any_kind_are_looked_into():
    class Thing:
        """Something a caller put into a log line."""

        def __repr__(self):
            """Name the code."""
            return f"<Thing {CODE}>"

        __str__ = __repr__

    assert CODE not in str(
        redacted({"a": [CODE, (CODE,), {CODE}], CODE: CODE, "b": CODE.encode(), "c": Thing()})
    )


@pytest.fixture
def lines():
    """Log through the real configuration, into memory."""
    settings = logging_settings("INFO")
    formatter = settings["formatters"]["json"]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        formatter["()"](foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"])
    )
    logger = logging.getLogger("giftwell.tests.lines")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel("INFO")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.handlers, logger.propagate = [], True


def test_a_line_is_one_json_object_with_the_request_s_id(lines):
    with structlog.contextvars.bound_contextvars(request_id="req-12345678"):
        structlog.get_logger("giftwell.tests.lines").warning("hello", amount_minor=100, password="x")
    (line,) = lines()
    assert line["event"] == "hello"
    assert (line["request_id"], line["amount_minor"], line["password"]) == ("req-12345678", 100, HIDDEN)
    assert line["level"] == "warning"
    assert line["timestamp"].endswith("Z")


def test_lines_and_tracebacks_of_other_libraries_are_redacted_too(lines):
    logger = logging.getLogger("giftwell.tests.lines")
    try:
        secret_local = new_token()
        raise ValueError(f"refused {CODE}")
    except ValueError:
        logger.exception("failed for %s", "maja.quiet@example.com")
    (line,) = lines()
    text = json.dumps(line)
    assert "ValueError" in line["exception"]
    for secret in (CODE, secret_local, "maja.quiet"):
        assert secret not in text
