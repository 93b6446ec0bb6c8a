"""Doors, fifth part: what a payment processor says, or somebody who claims to be one."""

import json
from datetime import timedelta
from typing import Any

import pytest

from giftwell.domain.payments import signature
from giftwell.kit.clock import now
from tests.domain.books import books
from tests.factories.orders import make_order, make_shop
from tests.factories.payments import body_of, fresh, headers_for, make_notice, payment_of
from tests.hostile.ground import hook


def _refusals(body: bytes) -> dict[str, tuple[bytes, Any]]:
    good = headers_for(body)
    return {
        "tampered": (body.replace(b"4500", b"9999"), good),
        "written anew": (json.dumps(json.loads(body), indent=1).encode(), good),
        "longer": (body + b" ", good),
        "unsigned": (body, {}),
        "signed by another": (body, headers_for(body, secret="guess")),
        "old": (body, headers_for(body, at=now() - timedelta(minutes=6))),
        "early": (body, headers_for(body, at=now() + timedelta(minutes=6))),
        "signature of nothing": (body, {signature.HEADER: "t=0,v1="}),
        "form": (b"amount_minor=4500", good),
    }


@pytest.mark.line("doors-5")
@pytest.mark.parametrize(
    "how",
    ["tampered", "written anew", "longer", "unsigned", "signed by another", "old", "early",
     "signature of nothing", "form"],
)  # fmt: skip
def test_a_notice_that_is_not_exactly_what_was_signed_is_refused(db: None, how: str) -> None:
    shop = make_shop()
    payment = payment_of(shop.id, make_order(shop).order.id)
    body, headers = _refusals(body_of(make_notice(payment)))[how]
    assert hook(body, headers).status_code == 400
    assert (fresh(payment).status, books()) == ("created", {})


@pytest.mark.line("doors-5")
def test_an_unset_secret_believes_nobody(db: None, settings: Any) -> None:
    shop = make_shop()
    payment = payment_of(shop.id, make_order(shop).order.id)
    body = body_of(make_notice(payment))
    headers = headers_for(body)
    settings.SANDBOX_PROCESSOR_SECRET = ""
    for sent in (headers, {}, {signature.HEADER: "t=0,v1="}):
        assert hook(body, sent).status_code == 503
    assert fresh(payment).status == "created"


@pytest.mark.line("doors-5")
def test_signatures_are_compared_in_even_time(db: None, monkeypatch: Any) -> None:
    compared: list[bytes] = []
    real = signature.hmac.compare_digest
    monkeypatch.setattr(signature.hmac, "compare_digest", lambda a, b: compared.append(b) or real(a, b))
    body = b"{}"
    (header,) = headers_for(body).values()
    assert hook(body, {signature.HEADER: header + ",v1=other"}).status_code == 400
    assert compared[-2:] == [header.partition("v1=")[2].encode(), b"other"]


@pytest.mark.line("doors-5")
@pytest.mark.parametrize(
    "kinds", [("paid", "paid"), ("declined", "paid"), ("paid", "declined", "paid", "expired")]
)
def test_notices_twice_and_out_of_order_end_in_one_payment(db: None, kinds: tuple[str, ...]) -> None:
    shop = make_shop()
    payment = payment_of(shop.id, make_order(shop).order.id)
    for kind in kinds:
        body = body_of(make_notice(payment), kind=f"checkout.{kind}")
        for _ in range(2):
            assert hook(body, headers_for(body)).status_code == 200
    assert fresh(payment).status == "succeeded"
    assert books() == {"processor:sandbox": -4500, "unapplied": 4500}
