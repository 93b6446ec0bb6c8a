"""What a signed body may say, and that rubbish in it is refused and nothing worse."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giftwell.domain.payments import notices
from giftwell.domain.payments.gateway import MalformedNotice, NoticeKind
from giftwell.kit.money import Money

GOOD: dict[str, Any] = {
    "id": "evt_1",
    "type": "checkout.paid",
    "created": 1_790_000_000,
    "account": "acct_1",
    "reference": "sbx_1",
    "client_reference": "pay_1",
    "order": "ord_1",
    "amount_minor": 4500,
    "currency": "EUR",
}


def _read(**changes: Any) -> Any:
    return notices.read(json.dumps({**GOOD, **changes}).encode())


def test_a_notice_reads_as_it_was_written() -> None:
    event = notices.SandboxEvent(**GOOD, refund=notices.RefundPart(key="ref_1", reference="sbr_1"))
    notice = notices.read(notices.write(event))
    assert (notice.kind, notice.amount, notice.refund) == (NoticeKind.PAID, Money(4500, "EUR"), "ref_1")


def test_a_field_and_a_type_that_we_do_not_know_are_no_trouble() -> None:
    assert _read(type="checkout.shrugged", weather="rain").kind == NoticeKind.OTHER


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_minor": 45.0},
        {"amount_minor": "4500"},
        {"amount_minor": True},
        {"amount_minor": 0},
        {"amount_minor": -1},
        {"amount_minor": 10**12},
        {"currency": "eur"},
        {"currency": "XXX"},
        {"currency": None},
        {"id": "evt\x00"},
        {"id": ""},
        {"reference": "x" * 61},
        {"order": "ord 1"},
        {"order": "ord_1\n"},
        {"created": -1},
        {"created": 10**14},
        {"refund": {"key": "ref_1"}},
    ],
)
def test_a_wrong_field_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedNotice):
        _read(**changes)


def test_a_missing_field_is_refused() -> None:
    for name in GOOD:
        with pytest.raises(MalformedNotice):
            notices.read(json.dumps({key: value for key, value in GOOD.items() if key != name}).encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_a_notice_or_refused(body: bytes) -> None:
    with pytest.raises(MalformedNotice):
        notices.read(body)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(MalformedNotice):
        notices.read(b"[" * 60_000)
    with pytest.raises(MalformedNotice):
        notices.read(json.dumps(GOOD).encode()[:-1] + b', "more": ' + b"[" * 60_000)
