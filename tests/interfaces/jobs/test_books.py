"""By the clock the books are folded, sealed and checked; a broken law is an error that names it."""

import psycopg
from structlog.testing import capture_logs

from giftwell.domain.ledger.check_books import last_checks
from giftwell.domain.ledger.models import Block, Rollup
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs import books
from tests.database import OwnDatabase
from tests.factories.cards import make_sold_card
from tests.factories.catalog import make_shop
from tests.settled import wait_for_horizon


def test_the_clock_folds_seals_and_checks(own_database: OwnDatabase) -> None:
    make_sold_card(make_shop())
    wait_for_horizon()
    books.roll_ledger()
    books.seal_ledger()
    with scope.platform(), reading():
        assert Rollup.objects.exists()
        assert Block.objects.count() == 1
    with capture_logs() as said:
        books.check_all_books()
    assert [one["event"] for one in said] == ["books_checked"]
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update ledger_transfer set amount_minor = amount_minor + 1 where leg = 1")
    with capture_logs() as said:
        books.check_all_books()
    laws = {one["law"] for one in said if one["event"] == "law_is_broken"}
    assert {2, 11} <= laws
    assert {one["log_level"] for one in said if one["event"] != "books_checked"} == {"error"}
    (altered, *_) = [one for one in said if one["event"] == "chain_is_broken"]
    assert (altered["block"], altered["what"]) == (1, "was altered")
    assert altered["posting"].startswith("post_")
    assert [one.is_sound for one in last_checks(5)] == [False, True]
