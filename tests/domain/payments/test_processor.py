"""The sandbox processor: what its buttons make true, and how it tells until it is heard."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from giftwell.domain.payments import notices
from giftwell.domain.payments.deliver_notices import MAX_ATTEMPTS, deliver_notices, post
from giftwell.domain.payments.gateway import GatewayRefused, GatewaySecretMissing, NoticeKind, RefundRequest
from giftwell.domain.payments.models import Payment, SandboxNotice
from giftwell.domain.payments.processor import Button, CheckoutOver, UnknownCheckout, look_at, press, refund
from giftwell.domain.payments.signature import HEADER, check
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.factories.orders import make_order, make_shop
from tests.factories.payments import bodies, payment_of

pytestmark = pytest.mark.django_db

PAID, DECLINED, EXPIRED = NoticeKind.PAID, NoticeKind.DECLINED, NoticeKind.EXPIRED


@pytest.fixture
def payment() -> Payment:
    shop = make_shop()
    return payment_of(shop.id, make_order(shop).order.id)


def _told(payment: Payment) -> list[NoticeKind]:
    return [notices.read(body).kind for body in bodies(payment)]


def _press(payment: Payment, button: Button) -> str:
    return press(reference=payment.reference, button=button, now=now()).state


@pytest.mark.parametrize(
    ("button", "state", "told"),
    [
        (Button.PAY, "paid", [PAID]),
        (Button.DECLINE, "declined", [DECLINED]),
        (Button.PAY_LATE, "paid", [EXPIRED, PAID]),
        (Button.PAY_TOLD_TWICE, "paid", [PAID, PAID]),
        (Button.PAY_TOLD_BACKWARDS, "paid", [PAID, DECLINED]),
    ],
)
def test_each_button_makes_a_state_and_tells_it(
    payment: Payment, button: Button, state: str, told: list[NoticeKind]
) -> None:
    assert _press(payment, button) == state
    assert _told(payment) == told


def test_told_twice_is_one_event(payment: Payment) -> None:
    _press(payment, Button.PAY_TOLD_TWICE)
    first, second = bodies(payment)
    assert first == second


def test_a_paid_page_is_paid_once(payment: Payment) -> None:
    _press(payment, Button.PAY)
    assert _press(payment, Button.DECLINE) == "paid"
    assert _press(payment, Button.PAY) == "paid"
    assert _told(payment) == [PAID]


def test_a_declined_page_can_be_tried_again(payment: Payment) -> None:
    _press(payment, Button.DECLINE)
    assert _press(payment, Button.PAY) == "paid"


def test_an_expired_page_is_only_paid_late(payment: Payment) -> None:
    later = now() + timedelta(days=2)
    with pytest.raises(CheckoutOver):
        press(reference=payment.reference, button=Button.PAY, now=later)
    assert press(reference=payment.reference, button=Button.PAY_LATE, now=later).state == "paid"


def test_an_unknown_page_is_unknown() -> None:
    with pytest.raises(UnknownCheckout):
        look_at("sbx_nobody")
    with pytest.raises(UnknownCheckout):
        press(reference="sbx_nobody", button=Button.PAY, now=now())


def test_the_processor_gives_back_no_more_than_it_took(payment: Payment) -> None:
    def give(key: str, minor: int) -> str:
        request = RefundRequest(key=key, reference=payment.reference, amount=Money(minor, "EUR"))
        return refund(request, now=now()).reference

    with pytest.raises(GatewayRefused):
        give("ref_0", 1)
    _press(payment, Button.PAY)
    assert give("ref_1", 4000) == give("ref_1", 4000)
    with pytest.raises(GatewayRefused):
        give("ref_2", 501)
    give("ref_3", 500)
    assert look_at(payment.reference).refunded_minor == 4500


class _Post:
    """A network that answers what it is told to."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, bytes, Mapping[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> str:
        self.sent.append((url, body, headers))
        return self.answers.pop(0)


def test_a_notice_is_sent_signed_and_once_when_it_is_taken(payment: Payment) -> None:
    from django.conf import settings

    _press(payment, Button.PAY)
    network = _Post("200")
    assert deliver_notices(now=now(), send=network) == 1
    assert deliver_notices(now=now(), send=network) == 0
    ((url, body, headers),) = network.sent
    assert url == f"{settings.BASE_URL}/inbound/payments/sandbox/"
    check(settings.SANDBOX_PROCESSOR_SECRET, body, headers[HEADER], now=now())


@pytest.mark.parametrize("answer", ["500", "404", "TimeoutError", "302"])
def test_a_notice_that_is_not_taken_is_told_again_later(payment: Payment, answer: str) -> None:
    _press(payment, Button.PAY)
    network = _Post(answer, "200")
    start = now()
    assert deliver_notices(now=start, send=network) == 0
    assert deliver_notices(now=start + timedelta(seconds=5), send=network) == 0
    assert deliver_notices(now=start + timedelta(seconds=11), send=network) == 1
    assert [body for _, body, _ in network.sent] == [network.sent[0][1]] * 2
    with reading():
        notice = SandboxNotice.objects.get()
        assert (notice.attempts, notice.last_answer) == (2, "200")


def test_telling_ends_some_day(payment: Payment) -> None:
    _press(payment, Button.PAY)
    at, network = now(), _Post(*["500"] * (MAX_ATTEMPTS + 5))
    for _ in range(MAX_ATTEMPTS + 5):
        deliver_notices(now=at, send=network)
        at += timedelta(hours=2)
    assert len(network.sent) == MAX_ATTEMPTS


def test_only_one_page_is_told_about_where_one_is_named(payment: Payment) -> None:
    shop = make_shop()
    other = payment_of(shop.id, make_order(shop).order.id)
    _press(payment, Button.PAY)
    _press(other, Button.PAY)
    assert deliver_notices(now=now(), reference=other.reference, send=_Post("200")) == 1
    assert (_told(payment), _told(other)) == ([PAID], [])


def test_without_a_secret_nothing_is_told(payment: Payment, settings: object) -> None:
    settings.SANDBOX_PROCESSOR_SECRET = ""  # type: ignore[attr-defined]
    _press(payment, Button.PAY)
    network = _Post()
    with pytest.raises(GatewaySecretMissing):
        deliver_notices(now=now(), send=network)
    assert network.sent == []


class _Moved(BaseHTTPRequestHandler):
    """Somebody who sends every notice elsewhere, to a place that would thank for anything."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        """Point elsewhere."""
        self.asked.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(302)
        self.send_header("Location", "/elsewhere/")
        self.end_headers()

    def do_GET(self) -> None:
        """Thank for anything."""
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


def test_a_notice_follows_no_redirect() -> None:
    server = HTTPServer(("127.0.0.1", 0), _Moved)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        assert post(f"http://127.0.0.1:{server.server_port}/inbound/", b"{}", {}) == "302"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert _Moved.asked == ["/inbound/"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/", ""])
def test_a_notice_goes_over_http_or_nowhere(url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        post(url, b"{}", {})
