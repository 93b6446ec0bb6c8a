"""The platform's desk: the merchants, stopping one and letting it go on, and how the jobs run."""

from uuid import UUID

import pytest
from django.test import Client

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import public_id
from tests.factories.identity import TESTS, make_merchant

pytestmark = pytest.mark.django_db

NOBODY = UUID(int=1)


@pytest.fixture
def admin():
    return create_admin(email="ada@example.com", name="Ada", password=None, actor=TESTS, now=now())


@pytest.fixture
def desk(admin):
    client = Client()
    client.force_login(admin)
    return client


def _status_of(merchant):
    with scope.platform(), reading():
        return Merchant.objects.get(pk=merchant.pk).status


def test_merchants_are_listed_without_their_twins(desk):
    assert b'class="empty"' in desk.get("/backoffice/").content
    for name in ("Rosewood", "Ash & Oak"):
        make_merchant(name=name)
    page = desk.get("/backoffice/").content.decode()
    assert "Rosewood" in page
    assert "Ash &amp; Oak" in page
    assert "rosewood-test" not in page
    assert "/outbox/" in page
    assert "/backoffice/jobs/" in page


def test_a_merchant_is_stopped_for_a_reason_and_goes_on(desk, admin):
    merchant = make_merchant(name="Rosewood")
    where = f"/backoffice/merchants/{merchant.public_id}/"
    assert desk.post(where, {"reason": ""}).status_code == 200
    assert _status_of(merchant) == "active"
    assert desk.post(where, {"reason": "unpaid fees"}).status_code == 302
    assert _status_of(merchant) == "suspended"
    assert desk.get(f"/shops/{merchant.slug}/").status_code == 404
    assert b"Reinstate Rosewood" in desk.get(where).content
    assert desk.post(where).status_code == 302
    assert _status_of(merchant) == "active"
    with scope.platform(), reading():
        rows = AuditRow.objects.filter(
            subject=merchant.public_id, action__in=["merchant.suspended", "merchant.reinstated"]
        )
        assert {row.actor for row in rows} == {str(Actor.person(admin.pk))}
        assert rows.count() == 2


@pytest.mark.parametrize(
    "name", ["none", "mer_", public_id("mer", NOBODY), public_id("usr", NOBODY), "mer_" + "0" * 400]
)
def test_a_merchant_that_is_not_there_is_not_found(desk, name):
    assert desk.get(f"/backoffice/merchants/{name}/").status_code == 404
    assert desk.post(f"/backoffice/merchants/{name}/", {"reason": "x"}).status_code == 404


def test_jobs_are_counted_as_the_queue_has_them(desk):
    assert desk.get("/backoffice/jobs/").status_code == 200
