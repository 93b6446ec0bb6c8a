"""A floor above builds its moves with array_agg, which answers null where there is nothing to post."""

import psycopg
import pytest

from tests.database import OwnDatabase


@pytest.mark.parametrize("nothing", ["null", "'{}'"])
def test_a_set_without_moves_is_answered_with_nothing(own_database: OwnDatabase, nothing: str) -> None:
    with psycopg.connect(own_database.admin_url) as owner:
        sql = f"select count(*) from ledger.post_locked({nothing}::ledger.move[], now())"
        assert owner.execute(sql.encode()).fetchone() == (0,)
