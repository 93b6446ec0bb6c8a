"""`verify` finds what it is for: each breach is planted by hand, behind the functions' back, and named."""

import re
from collections.abc import Iterator

import psycopg
import pytest

from giftwell.domain.ledger.models import Horizon, Rollup
from giftwell.domain.ledger.roll import roll
from giftwell.domain.ledger.verify import laws, verify
from giftwell.foundation.tenancy import scope
from tests.database import OwnDatabase
from tests.domain.redemption.tills import Till
from tests.factories.ledger import make_plastic
from tests.settled import wait_for_horizon

OF = {"ledger", "redemption"}
# What is broken, the laws that must notice, and by which harm. Several may: money that is wrong in one place
# is wrong in another.
HARMS = """
-- an account of another currency: 1
update ledger_account set currency = 'USD' where id = (select max(debit_id) from ledger_transfer)
-- a transfer without its accounts: 1
update ledger_transfer set credit_id = 0 where leg = 1 and debit_id in (select id from
ledger_account where kind = 'card')
-- a posting that moves nothing: 1, 2, 5
delete from ledger_transfer where posting_id = (select id from ledger_posting where kind = 'redeem'
limit 1)
-- a balance that was written: 2, 10, 11
update ledger_account set balance_minor = balance_minor + 1 where kind = 'card'
-- a noted balance that never was: 2
update ledger_transfer set debit_balance_minor = debit_balance_minor + 1
-- a rollup that was written: 2, 10
update ledger_rollup set balance_minor = balance_minor + 1
-- a rollup that was lost: 2, 10
delete from ledger_rollup
-- held value without a hold: 3
update ledger_account set held_minor = held_minor + 1 where kind = 'card'
-- a hold that came back: 3
update ledger_hold set state = 'live', captured_minor = 0, resolved_at = null where state =
'captured'
-- a capture that says less: 3
update ledger_hold set captured_minor = 1 where state = 'captured'
-- a reversal that is no mirror: 5, 6
update ledger_posting set kind = 'reversal', of_id = gen_random_uuid() where kind = 'refund'
-- payments that were lost: 1, 2
delete from ledger_transfer where posting_id in (select id from ledger_posting where kind =
'settle')
-- value that nobody paid for: 2, 7, 10
update ledger_rollup set balance_minor = balance_minor - 1 where account_id in (select id from
ledger_account where kind = 'unapplied')
-- another merchant's card: 14
update ledger_account set merchant_id = gen_random_uuid() where kind = 'card'
-- another merchant's hold: 3, 14
update ledger_hold set merchant_id = gen_random_uuid()
-- a redemption nobody posted: 5
update redemption_redemption set id = gen_random_uuid() where refunded_minor = 0
-- a redemption of another card: 5
update redemption_redemption set card_id = gen_random_uuid()
-- a commission that was taken twice: 5, 6
update redemption_redemption set commission_minor = commission_minor * 2
-- a refund that was forgotten: 6
update redemption_redemption set refunded_minor = 0
-- a place of nobody's: 14
update redemption_redemption set location_id = gen_random_uuid()
-- a closed card with value: 12
update cards_card set status = 'closed', closed_at = now(), close_reason = 'fraud'
-- an event that was lost: 13
delete from events_event where type = 'redemption.made'
-- an event of nothing: 13
insert into events_event (id, merchant_id, type, subject, data, actor, at) values
(gen_random_uuid(), gen_random_uuid(), 'redemption.made', 'x', '{"amount_minor": 5}', 'x', now())
-- an audit row that was lost: 13
delete from audit_auditrow where action = 'redemption.refunded'
"""
_HARM = re.compile(r"^-- (?P<what>.+): (?P<laws>[\d, ]+)\n(?P<sql>[^-]+(?:-[^-]+)*)", re.MULTILINE)


@pytest.fixture
def books(own_database: OwnDatabase) -> Iterator[psycopg.Connection[object]]:
    """A database with a little of everything, and an operator who can do harm: triggers and keys are off."""
    till = Till()
    hold = till.authorize(4_000)
    till.capture(hold.id, 3_000)
    taken = till.redeem(2_000, location_id=till.ground.location_id)
    till.refund(taken.id, 500)
    till.redeem(100)
    till.void(till.authorize(50).id)
    till.authorize(60, expires_in_seconds=1)
    make_plastic(till.ground, 500)
    wait_for_horizon()
    with scope.platform():
        roll()
    assert verify(of=OF) == []
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("alter table ledger_hold drop constraint ledger_hold_resolved")
        yield admin


def test_each_planted_breach_is_found_and_named(books: psycopg.Connection[object]) -> None:
    missed, tried = {}, 0
    for what, numbers, harm in _HARM.findall(HARMS):
        expected = {int(number) for number in numbers.split(",")}
        # Undone after each look; the look itself is on another connection, so it is committed in between.
        tables = _copies(books)
        changed, tried = books.execute(harm).rowcount, tried + 1
        found = {breach.law for breach in verify(of=OF)}
        if not changed or not expected <= found:
            missed[what] = (changed, expected, found)
        _restore(books, tables)
    assert missed == {}
    assert tried == HARMS.count("-- ") == 24
    assert verify(of=OF) == []


def _copies(admin: psycopg.Connection[object]) -> list[str]:
    tables = [
        "ledger_account", "ledger_posting", "ledger_transfer", "ledger_hold", "ledger_rollup",
        "redemption_redemption", "redemption_refund", "redemption_authorization", "cards_card",
        "events_event", "audit_auditrow",
    ]  # fmt: skip
    for table in tables:
        admin.execute(f"create temp table kept_{table} as select * from {table}")
    return tables


def _restore(admin: psycopg.Connection[object], tables: list[str]) -> None:
    for table in tables:
        admin.execute(f"delete from {table}")
        admin.execute(f"insert into {table} select * from kept_{table}")
        admin.execute(f"drop table kept_{table}")


def test_a_breach_names_its_rows_and_counts_them_all(books: psycopg.Connection[object]) -> None:
    books.execute("update ledger_account set balance_minor = balance_minor + 7 where kind = 'card'")
    breach = next(
        one for one in verify(of={"ledger"}) if one.says.startswith("the balance of a guarded account")
    )
    assert (breach.law, breach.count, len(breach.rows)) == (2, 2, 2)
    assert all(row["balance_minor"] == row["folded"] + 7 for row in breach.rows)


def test_the_rollup_and_its_horizon_say_what_they_are() -> None:
    assert str(Rollup(account_id=7, balance_minor=-5)) == "7: -5"
    assert str(Horizon(xid=12)) == "12"


def test_every_app_that_has_laws_is_asked() -> None:
    found = list(laws())
    assert all(law.says and law.sql.lower().startswith(("select", "with")) for law in found)
    assert {1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 13, 14} <= {law.number for law in found}
    assert len(list(laws({"ledger"}))) < len(found)
