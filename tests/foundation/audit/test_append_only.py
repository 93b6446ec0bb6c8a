"""Nobody edits history: not the runtime role, not an owner of the table, not a superuser by mistake."""

import psycopg
import pytest
from django.db import DatabaseError, connection

from giftwell.foundation.audit.attempts import note_refusal
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from tests.factories.identity import make_merchant

TABLES = [("events_event", "type"), ("audit_auditrow", "action")]


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "column"), TABLES)
@pytest.mark.parametrize("how", ["update {t} set {c} = 'x'", "delete from {t}", "truncate {t}"])
def test_the_application_may_not_change_what_is_written(table, column, how):
    with pytest.raises(DatabaseError, match="permission denied"), scope.platform(), transaction():
        connection.cursor().execute(how.format(t=table, c=column))


@pytest.mark.parametrize(("table", "column"), TABLES)
@pytest.mark.parametrize("how", ["update {t} set {c} = 'x'", "delete from {t}", "truncate {t}"])
def test_not_even_the_administrator_changes_it_without_removing_the_trigger(own_database, table, column, how):
    make_merchant()
    with psycopg.connect(own_database.admin_url) as admin, pytest.raises(psycopg.Error, match="append-only"):
        admin.execute(how.format(t=table, c=column))


@pytest.mark.django_db
def test_a_refusal_is_written_with_its_reason():
    merchant = make_merchant()
    at = now()
    note_refusal(
        "card.redeemed",
        actor=Actor.command("tests"),
        subject="card_x",
        reason="card_is_frozen",
        merchant_id=merchant.id,
        at=at,
    )
    with scope.merchant(merchant.id), transaction():
        row = AuditRow.objects.get(merchant_id=merchant.id, outcome="refused")
    assert (row.action, row.subject, row.reason, row.actor) == (
        "card.redeemed",
        "card_x",
        "card_is_frozen",
        "command:tests",
    )
    assert row.at == at
    assert row.public_id.startswith("aud_")


@pytest.mark.django_db
def test_a_refusal_that_concerns_no_merchant_can_be_written_by_anyone_and_read_by_the_platform_alone():
    note_refusal(
        "person.signed_in",
        actor=Actor.anonymous(),
        subject="",
        reason="wrong_password",
        merchant_id=None,
        at=now(),
    )
    with transaction():
        assert not AuditRow.objects.filter(action="person.signed_in").exists()
    with scope.merchant(make_merchant().id), transaction():
        assert not AuditRow.objects.filter(action="person.signed_in").exists()
    with scope.platform(), transaction():
        assert AuditRow.objects.get(action="person.signed_in").actor == "anonymous"


@pytest.mark.django_db
def test_one_merchant_neither_reads_nor_writes_another_s_history():
    own, other = make_merchant(), make_merchant()
    with scope.merchant(own.id), transaction():
        assert not Event.objects.filter(merchant_id=other.id).exists()
        assert Event.objects.filter(merchant_id=own.id).exists()
        assert not AuditRow.objects.filter(merchant_id=other.id).exists()
    row = AuditRow(
        merchant_id=other.id, action="x", outcome="done", subject="x", actor="command:tests", at=now()
    )
    with pytest.raises(DatabaseError, match="row-level security"), scope.merchant(own.id), transaction():
        AuditRow.objects.bulk_create([row])
