"""The webhook's entrance: raw bytes, a signature, and an answer that says whether to tell again."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from giftwell.domain.payments.models import GatewayEvent, Payment
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.domain.books import books
from tests.factories.orders import make_order, make_shop
from tests.factories.payments import body_of, fresh, headers_for, make_notice, payment_of

pytestmark = pytest.mark.django_db

URL = "/inbound/payments/sandbox/"


@pytest.fixture
def payment() -> Payment:
    shop = make_shop()
    return payment_of(shop.id, make_order(shop).order.id)


def _post(body: bytes, *, url: str = URL, headers: Any = None, **kwargs: Any) -> Any:
    client = Client(enforce_csrf_checks=True, raise_request_exception=True)
    sent = headers if headers is not None else headers_for(body)
    return client.post(url, data=body, content_type="application/json", headers=dict(sent), **kwargs)


def test_a_signed_notice_settles(payment: Payment) -> None:
    answer = _post(body_of(make_notice(payment)))
    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert fresh(payment).status == "succeeded"
    assert not answer.cookies


def test_a_repeated_notice_is_thanked_for_and_changes_nothing(payment: Payment) -> None:
    body = body_of(make_notice(payment))
    assert [_post(body).status_code for _ in range(3)] == [200, 200, 200]
    assert books() == {"processor:sandbox": -4500, "unapplied": 4500}


def test_notices_out_of_order_are_thanked_for(payment: Payment) -> None:
    assert _post(body_of(make_notice(payment))).status_code == 200
    assert _post(body_of(make_notice(payment), kind="checkout.declined")).status_code == 200
    assert fresh(payment).status == "succeeded"


def test_tampered_bytes_are_refused(payment: Payment) -> None:
    body = body_of(make_notice(payment))
    raised = body.replace(b'"amount_minor":4500', b'"amount_minor":9999')
    respaced = json.dumps(json.loads(body), indent=1).encode()
    for changed in (raised, respaced, body + b" ", b""):
        assert changed != body
        answer = _post(changed, headers=headers_for(body))
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_signature")
    assert fresh(payment).status == "created"


def test_no_signature_an_old_one_and_a_guessed_one_are_refused(payment: Payment) -> None:
    body = body_of(make_notice(payment))
    stale = headers_for(body, at=now() - timedelta(minutes=6))
    for headers in ({}, stale, headers_for(body, secret="guess"), {"Sandbox-Signature": "t=1,v1=\x7f"}):
        assert _post(body, headers=headers).status_code == 400
    assert (fresh(payment).status, books()) == ("created", {})


def test_an_unset_secret_lets_nobody_in(payment: Payment, settings: Any) -> None:
    body = body_of(make_notice(payment))
    headers = headers_for(body)
    settings.SANDBOX_PROCESSOR_SECRET = ""
    answer = _post(body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "gateway_not_configured")
    assert fresh(payment).status == "created"


@pytest.mark.parametrize("body", [b"null", b"[]", b"{}", b'"x"', b"\xff\xfe", b"{" * 5000, b'{"id": 1}'])
def test_signed_rubbish_is_refused(body: bytes) -> None:
    answer = _post(body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_notice")


@pytest.mark.parametrize("body", [b"", b"\x00" * 100, b"a=b&c=d", "ü".encode("latin-1")])
def test_unsigned_rubbish_is_refused(body: bytes) -> None:
    assert _post(body, headers={}).status_code == 400


def test_a_large_body_is_not_read() -> None:
    body = b"x" * (64 * 1024 + 1)
    assert _post(body).status_code == 413
    assert _post(b"x" * 3_000_000).status_code == 413


def test_a_reference_we_do_not_know_is_to_be_told_again(payment: Payment) -> None:
    answer = _post(body_of(make_notice(payment, reference="sbx_unknown")))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_reference")
    with scope.platform(), reading():
        assert not GatewayEvent.objects.exists()


def test_an_unknown_gateway_is_not_there(payment: Payment) -> None:
    body = body_of(make_notice(payment))
    for name in ("stripe", "Sandbox", "x" * 300):
        assert _post(body, url=f"/inbound/payments/{name}/").status_code == 404


def test_only_a_post_is_heard() -> None:
    assert Client().get(URL).status_code == 405
    assert Client().put(URL, data=b"{}").status_code == 405


def test_order_a_is_not_paid_by_the_payment_of_order_b_of_another_merchant() -> None:
    ours, theirs = make_shop(), make_shop()
    payment_a = payment_of(ours.id, make_order(ours).order.id)
    payment_b = payment_of(theirs.id, make_order(theirs).order.id)
    crossed = make_notice(payment_b, order=make_notice(payment_a).order, payment=payment_a.public_id)
    assert _post(body_of(crossed)).status_code == 200
    assert (fresh(payment_a).status, fresh(payment_b).status) == ("created", "mismatched")
    assert books() == {"processor:sandbox": -4500, "refunds_due": 4500}


def test_a_wrong_amount_is_thanked_for_and_goes_back(payment: Payment) -> None:
    assert _post(body_of(make_notice(payment, amount=Money(1, "EUR")))).status_code == 200
    assert fresh(payment).status == "mismatched"
    assert books() == {"processor:sandbox": -1, "refunds_due": 1}


def test_a_refusal_says_nothing_of_what_was_sent(payment: Payment, caplog: pytest.LogCaptureFixture) -> None:
    body = body_of(make_notice(payment))
    answer = _post(body + b"secret-in-the-body", headers=headers_for(body))
    assert b"secret-in-the-body" not in answer.content
    assert payment.reference.encode() not in answer.content
    assert "secret-in-the-body" not in caplog.text
