"""By the clock the audit is sealed, and read again; what is wrong is an error that names the row."""

import psycopg
from structlog.testing import capture_logs

from giftwell.foundation.audit.models import AuditRow, Block
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs import audit
from tests.database import OwnDatabase
from tests.factories.identity import make_merchant
from tests.settled import wait_for_horizon


def test_the_clock_seals_and_checks(own_database: OwnDatabase) -> None:
    make_merchant()
    wait_for_horizon()
    audit.seal()
    with scope.platform(), reading():
        rows = list(AuditRow.objects.order_by("xid", "id"))
        assert Block.objects.get().size == len(rows)
    with capture_logs() as said:
        audit.verify()
    assert [one["event"] for one in said] == ["audit_checked"]
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update audit_auditrow set actor = 'command:other' where id = %s", [rows[0].id])
    with capture_logs() as said:
        audit.verify()
    (wrong, checked) = said
    assert (wrong["event"], wrong["log_level"]) == ("audit_is_broken", "error")
    assert (wrong["block"], wrong["place"], wrong["row"]) == (1, 0, rows[0].public_id)
    assert checked["sound"] is False
