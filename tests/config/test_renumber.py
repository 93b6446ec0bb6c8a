"""Books that were copied into another server are not served from before their transaction ids are its own."""

import psycopg
import pytest
from django.db import connection

from giftwell.config import database
from giftwell.config.database import UnfitDatabase, refuse_unfit_database
from giftwell.config.environment import environment
from giftwell.config.renumber import IDS, renumber
from giftwell.domain.ledger.models import Rollup
from giftwell.domain.ledger.rebuild_rollup import Rebuilt, rebuild_rollup
from giftwell.domain.ledger.roll import roll
from giftwell.domain.ledger.seal import seal
from giftwell.domain.ledger.verify import verify
from giftwell.domain.ledger.verify_chain import verify_chain
from giftwell.foundation.audit.seal import seal_audit
from giftwell.foundation.audit.verify_chain import verify_audit
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from tests.database import OwnDatabase
from tests.factories.cards import make_sold_card
from tests.factories.catalog import make_shop
from tests.settled import wait_for_horizon

# What a server far ahead of this one would have written.
AHEAD = 3_000_000_000


def _fold_and_seal() -> None:
    wait_for_horizon()
    with scope.platform():
        roll()
        seal(now=now())
        seal_audit(now=now())


def _events() -> list[str]:
    with scope.platform(), reading():
        return [str(one.id) for one in Event.objects.order_by("xid", "id")]


@pytest.fixture
def copied(own_database: OwnDatabase, monkeypatch: pytest.MonkeyPatch) -> OwnDatabase:
    """Books as a logical copy of a server far ahead brings them, with some rows that are not sealed yet."""
    merchant = make_shop()
    make_sold_card(merchant)
    _fold_and_seal()
    make_sold_card(merchant)
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        for column, table in (
            ("xid", "ledger_transfer"), ("last_xid", "ledger_block"), ("xid", "ledger_horizon"),
            ("xid", "ledger_sealing"), ("xid", "events_event"), ("xid", "audit_auditrow"),
            ("last_xid", "audit_block"), ("xid", "audit_sealing"),
        ):  # fmt: skip
            admin.execute(f"update {table} set {column} = {column} + {AHEAD}")
        admin.execute(f"update ledger_sealing set shift = shift - {AHEAD}")
        admin.execute(f"update audit_sealing set shift = shift - {AHEAD}")
    here = environment().model_copy(update={"database_url": own_database.url})
    monkeypatch.setattr(database, "environment", lambda: here)
    return own_database


def test_it_is_refused_until_it_is_renumbered_and_then_all_holds(copied: OwnDatabase) -> None:
    with pytest.raises(UnfitDatabase, match="giftwell renumber"):
        refuse_unfit_database()
    before = _events()
    with pytest.raises(UnfitDatabase, match="1 other sessions"):
        renumber(copied.admin_url)
    connection.close()
    by = renumber(copied.admin_url)
    assert 0 < by <= AHEAD
    refuse_unfit_database()
    assert verify_chain() == []
    assert verify_audit() == []
    assert verify() == []
    assert _events() == before
    _fold_and_seal()
    make_sold_card(make_shop())
    _fold_and_seal()
    assert verify_chain() == []
    assert verify_audit() == []
    assert verify() == []
    connection.close()
    assert renumber(copied.admin_url) == 0
    with psycopg.connect(copied.admin_url) as admin, pytest.raises(psycopg.Error, match="append-only"):
        admin.execute("update ledger_transfer set xid = 1")


def test_no_column_of_ids_is_left_out(own_database: OwnDatabase) -> None:
    with psycopg.connect(own_database.admin_url) as admin:
        found = admin.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'public' and column_name ~ '(^|_)xid$'"
        ).fetchall()
    assert {(table, column) for _, table, column in IDS} == set(found)


def test_a_rollup_that_is_wrong_or_lost_is_folded_anew(own_database: OwnDatabase) -> None:
    make_sold_card(make_shop())
    _fold_and_seal()
    with scope.platform(), reading():
        right = dict(Rollup.objects.values_list("account_id", "balance_minor"))
    some, other, *_ = sorted(right)
    assert rebuild_rollup() == Rebuilt(len(right), 0)
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute(
            "update ledger_rollup set balance_minor = balance_minor + 1 where account_id = %s", [some]
        )
        admin.execute("delete from ledger_rollup where account_id = %s", [other])
        admin.execute("insert into ledger_rollup values (0, 5)")
    assert rebuild_rollup() == Rebuilt(len(right), 3)
    with scope.platform(), reading():
        assert dict(Rollup.objects.values_list("account_id", "balance_minor")) == right
    with psycopg.connect(own_database.url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("select * from ledger.rebuild_rollup()")
