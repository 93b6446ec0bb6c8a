"""The outbox.

Mail as its reader sees it, for this machine's people or the platform's staff, and nobody else.
"""

import pytest
from django.test import Client, override_settings

from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.messaging.outbox import newest_mails
from giftwell.foundation.messaging.queue_message import queue_message
from giftwell.foundation.messaging.send_message import send_message
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops import outbox
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from tests.factories.identity import make_merchant, make_person
from tests.foundation.messaging.test_templates import HOSTILE, LINK, SAMPLES

ME = Actor.command("tests")

pytestmark = pytest.mark.django_db


def send_mail(**changes) -> str:
    """Send a gift's mail, and give back its id in the outbox."""
    merchant = make_merchant()
    message = queue_message(
        "gift",
        merchant_id=merchant.id,
        recipient="maja@example.com",
        context=SAMPLES["gift"] | changes,
        actor=ME,
        now=now(),
        cause="gift_1",
    )
    send_message(message_id=message.id, merchant_id=merchant.id, actor=ME, now=now())
    with scope.platform(), reading():
        return newest_mails(limit=1)[0].public_id


@pytest.fixture
def open_outbox():
    with override_settings(OUTBOX_OPEN=True):
        yield


@pytest.mark.usefixtures("open_outbox")
def test_an_empty_outbox_says_what_would_be_here():
    response = Client().get("/outbox/")
    assert response.status_code == 200
    assert "No mail yet" in response.content.decode()


@pytest.mark.usefixtures("open_outbox")
def test_mails_are_listed_newest_first_and_lead_to_the_mail():
    first, second = send_mail(), send_mail(sender_name="Aoife")
    page = Client().get("/outbox/").content.decode()
    assert page.index(second) < page.index(first)
    assert "Aoife sent you" in page
    assert "maja@example.com" in page


@pytest.mark.usefixtures("open_outbox")
def test_a_long_outbox_has_pages(monkeypatch):
    monkeypatch.setattr(outbox, "PAGE", 2)
    ids = [send_mail() for _ in range(3)]
    page = Client().get("/outbox/").content.decode()
    assert ids[0] not in page
    assert f"?before={ids[1]}" in page
    older = Client().get(f"/outbox/?before={ids[1]}").content.decode()
    assert ids[0] in older
    assert ids[2] not in older


@pytest.mark.usefixtures("open_outbox")
def test_a_mail_s_page_shows_its_text_with_links_and_its_html_in_a_sandboxed_frame():
    mail_id = send_mail()
    response = Client().get(f"/outbox/{mail_id}/")
    page = response.content.decode()
    assert f'src="/outbox/{mail_id}/html"' in page
    assert (
        'sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"'
        in page
    )
    assert f'href="{LINK}"' in page
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "no-referrer"


@pytest.mark.usefixtures("open_outbox")
def test_the_frame_shows_the_mail_with_its_picture_and_its_links_leave_the_frame():
    response = Client().get(f"/outbox/{send_mail()}/html")
    html = response.content.decode()
    assert f'href="{LINK}" target="_top"' in html
    assert "_blank" not in html
    assert 'src="data:image/png;base64,' in html
    assert "cid:" not in html


@pytest.mark.usefixtures("open_outbox")
def test_a_mail_runs_nothing_on_our_origin():
    response = Client().get(f"/outbox/{send_mail(message=HOSTILE, sender_name=HOSTILE)}/html")
    policy = response["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "<script" not in response.content.decode()


@pytest.mark.usefixtures("open_outbox")
@pytest.mark.parametrize(
    "mail_id", ["mail_00000000000000000000000000", "card_00000000000000000000000000", "x"]
)
def test_a_mail_that_is_not_there_is_not_found(mail_id):
    assert Client().get(f"/outbox/{mail_id}/").status_code == 404
    assert Client().get(f"/outbox/{mail_id}/html").status_code == 404
    assert Client().get(f"/outbox/?before={mail_id}").status_code in {200, 404}


@pytest.mark.parametrize("path", ["/outbox/", "/outbox/{id}/", "/outbox/{id}/html"])
def test_where_the_platform_is_not_this_machine_s_own_only_its_staff_sees_mail(path):
    mail_id = send_mail()
    address = path.format(id=mail_id)
    assert Client().get(address).status_code == 302
    stranger = Client()
    stranger.force_login(make_person())
    assert stranger.get(address).status_code == 404
    admin = create_admin(
        email="ops@example.com", name="Ops", password="a long and quiet river", actor=ME, now=now()
    )
    staff = Client()
    staff.force_login(admin)
    assert staff.get(address).status_code == 200
