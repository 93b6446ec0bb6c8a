"""The books are checked and what was found is kept; a screen never lets through what its laws would not."""

from itertools import count

import psycopg
import pytest

from giftwell.domain.ledger.check_books import check_books, last_checks
from giftwell.domain.ledger.models import Check
from giftwell.domain.ledger.roll import roll
from giftwell.domain.ledger.seal import seal
from giftwell.domain.ledger.verify import examine, laws, verify
from giftwell.foundation.tenancy import scope
from tests.database import OwnDatabase
from tests.domain.redemption.tills import Till
from tests.factories.ledger import NOON
from tests.settled import wait_for_horizon

LEDGER = {"ledger"}


def _books() -> Till:
    till = Till()
    till.redeem(100)
    wait_for_horizon()
    with scope.platform():
        roll()
        seal(now=NOON)
    return till


def _seconds():
    ticks = count()
    return lambda: next(ticks) / 1000


def test_what_was_found_is_kept_law_by_law(own_database: OwnDatabase) -> None:
    _books()
    assert last_checks() == []
    # Tests make cards and values without payments, orders or a word of them: the laws of those may notice.
    found = check_books(timer=_seconds(), now=NOON)
    (kept,) = last_checks()
    assert {one["law"] for one in kept.laws} >= {1, 2, 3, 5, 6, 7, 9, 10, 11, 12, 13, 14}
    assert kept.is_sound == found.is_sound
    assert (kept.blocks, kept.chain, kept.checked_at) == (1, [], NOON)
    assert kept.took_ms > 0
    assert {one["law"] for one in kept.laws if one["count"]} <= {5, 7, 13}
    assert str(Check(is_sound=True, checked_at=NOON)) == "sound at 2026-11-24 12:00"


def test_what_is_broken_is_kept_with_its_rows_and_the_place_in_the_chain(own_database: OwnDatabase) -> None:
    till = _books()
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute(
            "update ledger_transfer set amount_minor = amount_minor + 1 where debit_id = %s",
            [till.card.account],
        )
    found = check_books(timer=_seconds(), now=NOON)
    assert not found.is_sound
    (kept,) = last_checks()
    broken = {one["law"] for one in kept.laws if one["count"]}
    assert 2 in broken
    assert [(one["block"], one["what"]) for one in kept.chain] == [(1, "was altered")]
    assert kept.chain[0]["posting"].startswith("post_")


def test_a_check_that_is_kept_is_never_changed(own_database: OwnDatabase) -> None:
    _books()
    check_books(timer=_seconds(), now=NOON)
    with (
        psycopg.connect(own_database.admin_url) as operator,
        pytest.raises(psycopg.Error, match="append-only"),
    ):
        operator.execute("delete from ledger_check")
    with psycopg.connect(own_database.url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("select ledger.keep_check(now(), 1, true, '[]', '[]', 1)")


def test_laws_behind_a_screen_are_asked_when_it_notices_something(own_database: OwnDatabase) -> None:
    _books()
    assert verify(LEDGER) == verify(LEDGER, thorough=True) == []
    behind = [law for law in laws(LEDGER) if law.behind]
    assert behind
    quick = {one.says: one.took_ms for one in examine(LEDGER, timer=_seconds())}
    assert all(quick[law.says] == 0 for law in behind), "they were not asked"
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("update ledger_account set balance_minor = balance_minor + 1 where kind = 'card'")
    assert {one.says for one in verify(LEDGER)} == {one.says for one in verify(LEDGER, thorough=True)}


def test_what_only_a_screen_notices_is_a_breach(own_database: OwnDatabase) -> None:
    """A guarded side that notes nothing: the screen takes it for an unguarded account, and says so."""
    _books()
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("insert into ledger_rollup values (0, 0)")
    says = {one.says for one in verify(LEDGER)}
    assert any(one.startswith(("the rollup", "the transfers of each unguarded account")) for one in says)
