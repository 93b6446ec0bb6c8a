"""History is only added to, by anybody."""

import psycopg
import pytest

from tests.database import OwnDatabase
from tests.factories.ledger import make_ground, make_plastic


@pytest.mark.parametrize("table", ["ledger_posting", "ledger_transfer"])
def test_not_even_an_operator_changes_history(own_database: OwnDatabase, table: str) -> None:
    make_plastic(make_ground())
    for change in ("update {} set merchant_id = merchant_id", "delete from {}", "truncate {} cascade"):
        with psycopg.connect(own_database.admin_url) as admin:
            with pytest.raises(psycopg.Error, match="append-only"):
                admin.execute(change.format(table))
            admin.rollback()
