"""Bodies are strict: integers only, no unknown field, no control character, nothing without bounds."""

import pytest

from giftwell.interfaces.common.problems import Malformed
from giftwell.interfaces.pos import bodies
from giftwell.interfaces.pos.http import decode
from giftwell.kit.errors import Invalid

_REDEEM = bodies.decoder(bodies.Redeem)
_CAPTURE = bodies.decoder(bodies.Capture)
_BATCH = bodies.decoder(bodies.RawBatch)
_ONE = bodies.decoder(bodies.BatchOperation)


def redeem(**fields: str) -> bytes:
    """A sound body as raw JSON texts by field, with some replaced."""
    sound = {"code": '"7K4M-XQ2D-9FHT-3WNPV"', "amount_minor": "100", "currency": '"EUR"'}
    pairs = {name: value for name, value in {**sound, **fields}.items() if value}
    return ("{" + ",".join(f'"{name}":{value}' for name, value in pairs.items()) + "}").encode()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (redeem(amount_minor="1.0"), "amount_minor"),
        (redeem(amount_minor="1e2"), "amount_minor"),
        (redeem(amount_minor="true"), "amount_minor"),
        (redeem(amount_minor='"100"'), "amount_minor"),
        (redeem(amount_minor="null"), "amount_minor"),
        (redeem(amount_minor="[]"), "amount_minor"),
        (redeem(amount_minor=""), "amount_minor"),
        (redeem(currency='"eur"'), "currency"),
        (redeem(currency='"EURO"'), "currency"),
        (redeem(currency='"EUR\\n"'), "currency"),
        (redeem(currency='""'), "currency"),
        (redeem(code='""'), "code"),
        (redeem(code='"' + "A" * 65 + '"'), "code"),
        (redeem(code='"7K4M\\u0000"'), "code"),
        (redeem(code="17"), "code"),
        (redeem(code=""), "code"),
        (redeem(reference='"a\\u0000b"'), "reference"),
        (redeem(reference='"a\\u001bb"'), "reference"),
        (redeem(reference='"a\\u0085b"'), "reference"),
        (redeem(reference="null"), "reference"),
        (redeem(location='"' + "A" * 65 + '"'), "location"),
        (redeem(allow_partial="1"), "allow_partial"),
        (redeem(allow_partial='"true"'), "allow_partial"),
        (redeem(merchant='"mer_1"'), "merchant"),
        (redeem(**{"a\\u0000": "1"}), "a\x00"),
        (b"[]", "body"),
        (b'"text"', "body"),
        (b"null", "body"),
        (b"{}", "code"),
    ],
)
def test_a_wrong_body_is_refused_by_the_field_that_is_wrong(body: bytes, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        decode(_REDEEM, body, bodies.faults)
    assert not isinstance(caught.value, Malformed)
    assert list(caught.value.errors) == [field]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"code"', b"\xff", b"\xed\xa0\x80", b'{"code":"\xff"}', b'{"code":"\\ud800"}', b"NaN",
     redeem() + b"x", b"<xml/>"],
)  # fmt: skip
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode(_REDEEM, body, bodies.faults)


def test_a_tower_of_brackets_is_malformed_and_brings_nothing_down() -> None:
    with pytest.raises(Malformed):
        decode(_BATCH, b'{"operations":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}", bodies.faults)


def test_a_field_of_another_request_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        decode(_CAPTURE, b'{"currency":"EUR"}', bodies.faults)
    assert list(caught.value.errors) == ["currency"]


def test_an_amount_no_column_could_hold_is_read_and_left_to_the_one_judge() -> None:
    huge = 10**40
    assert decode(_REDEEM, redeem(amount_minor=str(huge)), bodies.faults).amount_minor == huge


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"operation":"steal"}', "operation"),
        (b"{}", "operation"),
        (b'{"operation":"void","idempotency_key":"k"}', "authorization"),
        (b'{"operation":"balance","code":"A","idempotency_key":"k"}', "idempotency_key"),
        (b'{"operation":"refund","redemption":"red_1"}', "idempotency_key"),
    ],
)
def test_an_operation_of_a_batch_is_as_strict(body: bytes, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        decode(_ONE, body, bodies.faults)
    assert list(caught.value.errors) == [field]
