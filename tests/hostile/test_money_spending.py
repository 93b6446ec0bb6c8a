"""Money, second part: spending, at one door and at several at once."""

import asyncio
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.database import OwnDatabase
from tests.domain.books import credit_of
from tests.domain.racing import together
from tests.factories.cards import balance_minor, code_of, make_promo_card
from tests.factories.catalog import make_shop as make_bare_shop
from tests.hostile.ground import DOORS, spend, written
from tests.interfaces.api.caller import caller_for
from tests.interfaces.pos.tills import Till, at_the_till

LEDGER = ("ledger_account", "ledger_posting", "ledger_transfer", "ledger_hold", "ledger_rollup")


@pytest.mark.line("money-5")
@pytest.mark.parametrize("door", ["page", "rest", "command"])
def test_two_spends_at_once_take_what_fits_once(own_database: OwnDatabase, door: str) -> None:
    merchant = make_bare_shop()
    card = make_promo_card(merchant, 5000)
    code = code_of(card)
    said = together(*[lambda: spend(door, own_database, merchant, code, 3000)] * 3)
    assert not [one for one in said if isinstance(one, Exception)]
    assert balance_minor(card) == 2000
    assert credit_of("issued", owner=merchant.id) == -2000


@pytest.mark.line("money-5")
def test_two_spends_at_once_at_the_till_and_in_one_batch_take_what_fits_once(
    own_database: OwnDatabase,
) -> None:
    merchant = make_bare_shop()
    card, other = make_promo_card(merchant, 5000), make_promo_card(merchant, 5000)
    body = {"code": code_of(card), "amount_minor": 3000, "currency": "EUR"}
    twice = [{"operation": "redeem", "idempotency_key": k, **body, "code": code_of(other)} for k in "ab"]

    async def story(till: Till) -> list[int]:
        asked = [till.post("redemptions", body) for _ in range(8)]
        told = [answer.status_code for answer in await asyncio.gather(*asked)]
        batch = await till.post("batch", {"operations": twice}, key=None)
        return sorted(told) + [one["status"] for one in batch.json()["results"]]

    assert at_the_till(own_database, merchant, story) == [201] + [402] * 7 + [201, 402]
    assert (balance_minor(card), balance_minor(other)) == (2000, 2000)


@pytest.mark.line("money-5")
def test_different_doors_at_once_take_what_fits_once(own_database: OwnDatabase) -> None:
    merchant = make_bare_shop()
    card = make_promo_card(merchant, 5000)
    code = code_of(card)
    together(*[lambda door=door: spend(door, own_database, merchant, code, 3000) for door in DOORS])
    assert balance_minor(card) == 2000


@pytest.mark.line("money-5")
def test_a_balance_is_read_from_the_ledger_and_from_no_cache(db: None, monkeypatch: Any) -> None:
    def nothing(*_: Any, **__: Any) -> None:
        raise AssertionError("a balance must not ask the cache")

    merchant = make_bare_shop()
    card = make_promo_card(merchant, 5000)
    api = caller_for(merchant)
    for name in ("get", "get_many", "get_or_set"):
        monkeypatch.setattr(cache, name, nothing)
    for left in (4000, 3000):
        api.post("redemptions", {"code": code_of(card), "amount_minor": 1000, "currency": "EUR"})
        told = api.get(f"cards/{card.public_id}")
        assert told.json()["balance"]["amount_minor"] == left
        assert told["Cache-Control"] == "no-store"
        page = Client().post(f"/shops/{merchant.slug}/balance/", {"code": code_of(card)})
        assert f"€{left // 100}.00" in page.content.decode()


@pytest.mark.line("money-5")
@pytest.mark.parametrize("table", LEDGER)
def test_the_application_cannot_write_the_ledger_past_its_functions(db: None, table: str) -> None:
    merchant = make_bare_shop()
    make_promo_card(merchant, 5000)
    column = {"ledger_account": "balance_minor", "ledger_rollup": "account_id"}.get(table, "merchant_id")
    for sql in (
        f"update {table} set {column} = {column}", f"delete from {table}", f"truncate {table}",
        f"insert into {table} default values", f"alter table {table} disable trigger all",
        f"alter table {table} disable row level security", f"drop table {table}",
    ):  # fmt: skip
        assert written(merchant, sql) == -1, sql
    for sql in (
        "set role giftwell_ledger",
        "set role giftwell_owner",
        "set session_replication_role = replica",
    ):
        assert written(merchant, sql) == -1, sql


@pytest.mark.line("money-5")
def test_no_function_of_the_ledger_sets_a_balance(db: None) -> None:
    """What the application may execute takes movements, never a balance."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            """select p.proname, pg_get_function_arguments(p.oid) from pg_proc p
               join pg_namespace n on n.oid = p.pronamespace
               where n.nspname = 'ledger' and has_function_privilege('giftwell_app', p.oid, 'execute')"""
        )
        open_to_us = dict(cursor.fetchall())
    assert "post" in open_to_us
    assert "post_locked" not in open_to_us
    assert not [name for name, takes in open_to_us.items() if "balance" in takes]
