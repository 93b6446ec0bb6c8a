"""The sandbox processor's page: another company's, which tells us by webhook and sends the buyer back."""

import re
import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings as django_settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client

from giftwell.domain.orders.links import order_token
from giftwell.domain.payments.deliver_notices import deliver_notices
from giftwell.domain.payments.models import Payment
from giftwell.domain.payments.processor import Button
from giftwell.kit.clock import now
from tests.domain.books import books
from tests.factories.orders import make_order, make_shop
from tests.factories.payments import bodies, fresh, payment_of, press
from tests.interfaces.inbound.conftest import ToOurselves


def _make_payment() -> Payment:
    shop = make_shop()
    return payment_of(shop.id, make_order(shop).order.id)


def _url(payment: Payment) -> str:
    return f"/sandbox-processor/pay/{payment.reference}/"


@pytest.mark.django_db
def test_the_page_says_that_no_real_money_moves(client: Client) -> None:
    answer = client.get(_url(_make_payment()))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "no real money" in page
    assert "Pay €45.00" in page
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "no-store")


@pytest.mark.django_db
def test_its_scripts_run_by_the_nonce_of_its_own_answer(client: Client) -> None:
    answer = client.get(_url(_make_payment()))
    nonces = set(re.findall(r'nonce="([^"]+)"', answer.content.decode()))
    assert len(nonces) == 1
    assert f"'nonce-{nonces.pop()}'" in answer["Content-Security-Policy"]


@pytest.mark.django_db
def test_the_page_is_another_companys(client: Client, network: ToOurselves) -> None:
    payment = _make_payment()
    seen = client.get(_url(payment))
    pressed = client.post(_url(payment), {"button": "pay"})
    for answer in (seen, pressed):
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("button", "status", "heard", "left"),
    [
        ("pay", "succeeded", ["200"], {"processor:sandbox": -4500, "unapplied": 4500}),
        ("decline", "failed", ["200"], {}),
        ("pay_late", "returned", ["200"] * 2, {"processor:sandbox": -4500, "refunds_due": 4500}),
        ("tell_twice", "succeeded", ["200"] * 2, {"processor:sandbox": -4500, "unapplied": 4500}),
        ("tell_backwards", "succeeded", ["200"] * 2, {"processor:sandbox": -4500, "unapplied": 4500}),
    ],
)
def test_each_button_ends_in_the_right_state(
    client: Client, network: ToOurselves, button: str, status: str, heard: list[str], left: dict[str, int]
) -> None:
    payment = _make_payment()
    answer = client.post(_url(payment), {"button": button})
    assert answer.status_code == 302
    assert answer["Location"] == f"{django_settings.BASE_URL}/orders/{order_token(payment.order_id)}/"
    assert (fresh(payment).status, network.answers, books()) == (status, heard, left)


@pytest.mark.django_db
def test_a_notice_that_nobody_takes_waits_and_the_buyer_does_not(
    client: Client, network: ToOurselves
) -> None:
    payment = _make_payment()
    network.is_up = False
    assert client.post(_url(payment), {"button": "pay"}).status_code == 302
    assert (fresh(payment).status, len(bodies(payment))) == ("created", 1)
    network.is_up = True
    from datetime import timedelta

    assert deliver_notices(now=now() + timedelta(minutes=1)) == 1
    assert fresh(payment).status == "succeeded"


@pytest.mark.django_db
def test_a_declined_page_can_be_paid(client: Client, network: ToOurselves) -> None:
    payment = _make_payment()
    client.post(_url(payment), {"button": "decline"})
    assert "declined" in client.get(_url(payment)).content.decode()
    client.post(_url(payment), {"button": "pay"})
    assert fresh(payment).status == "succeeded"


@pytest.mark.django_db
def test_a_paid_page_leads_back_and_pays_no_second_time(client: Client, network: ToOurselves) -> None:
    payment = _make_payment()
    client.post(_url(payment), {"button": "pay"})
    page = client.get(_url(payment)).content.decode()
    assert "This is paid." in page
    assert 'value="pay"' not in page
    assert client.post(_url(payment), {"button": "pay"}).status_code == 302
    assert network.answers == ["200"]


@pytest.mark.django_db
@pytest.mark.parametrize("button", ["", "refund", "PAY", "pay\x00", "x" * 5000])
def test_a_button_that_is_not_there_does_nothing(client: Client, network: ToOurselves, button: str) -> None:
    payment = _make_payment()
    assert client.post(_url(payment), {"button": button}).status_code == 422
    assert (fresh(payment).status, network.answers) == ("created", [])


@pytest.mark.django_db
def test_an_unknown_page_is_not_there(client: Client) -> None:
    for reference in ("sbx_unknown", "x" * 300, "%00"):
        assert client.get(f"/sandbox-processor/pay/{reference}/").status_code == 404


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def real_network(own_database: object, settings: Any) -> Iterator[None]:
    """Our own entrance on a real socket."""
    application = get_wsgi_application()

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        try:
            return application(environ, start_response)
        finally:
            connection.close()

    server = make_server("127.0.0.1", 0, serve, handler_class=_Quiet)
    settings.BASE_URL = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("real_network")
def test_the_processor_tells_us_over_real_http() -> None:
    payment = _make_payment()
    press(payment, Button.PAY_TOLD_TWICE)
    assert deliver_notices(now=now()) == 2
    assert fresh(payment).status == "succeeded"
    assert books() == {"processor:sandbox": -4500, "unapplied": 4500}


@pytest.mark.usefixtures("own_database")
def test_an_address_where_nobody_listens_is_borne(settings: Any) -> None:
    settings.BASE_URL = "http://127.0.0.1:9"
    payment = _make_payment()
    press(payment, Button.PAY)
    assert deliver_notices(now=now()) == 0
    assert len(bodies(payment)) == 1
