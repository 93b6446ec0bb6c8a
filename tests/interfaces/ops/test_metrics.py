"""`/metrics` says how the books stand, law by law, to whoever knows the token; others find no such page."""

import re
from pathlib import Path

import psycopg
import pytest
from django.test import Client

from giftwell.domain.ledger.seal import seal
from giftwell.foundation.tenancy import scope
from giftwell.interfaces.jobs.books import check_all_books
from giftwell.kit.clock import now
from tests.database import OwnDatabase
from tests.factories.cards import make_sold_card
from tests.factories.catalog import make_shop
from tests.settled import wait_for_horizon

ALERTS = Path(__file__).parents[3] / "deploy" / "monitoring" / "alerts.yaml"
TOKEN = "a token of thirty-two characters"


def _figures(token: str = TOKEN) -> dict[str, float]:
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


@pytest.mark.django_db
@pytest.mark.parametrize("shown", [None, "Bearer ", "Bearer wrong", f"Basic {TOKEN}", "Bearer ü"])
def test_without_the_token_there_is_no_such_page(shown: str | None, settings) -> None:
    headers = {"Authorization": shown} if shown is not None else {}
    for token in (TOKEN, ""):
        settings.METRICS_TOKEN = token
        assert Client().get("/metrics", headers=headers).status_code == 404


def test_the_books_are_told_and_a_broken_law_by_its_number(own_database: OwnDatabase, settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert _figures() == {"giftwell_chain_blocks": 0, "giftwell_chain_waiting": 0}
    make_sold_card(make_shop())
    assert _figures()["giftwell_chain_waiting"] == 1
    wait_for_horizon()
    with scope.platform():
        seal(now=now())
    check_all_books()
    sound = _figures()
    assert sound["giftwell_chain_waiting"] == 0
    assert sound["giftwell_chain_blocks"] == 1
    assert sound["giftwell_books_sound"] == 1
    assert {name for name, value in sound.items() if name.startswith("giftwell_law") and value} == set()
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update ledger_account set held_minor = 1 where kind = 'card'")
    check_all_books()
    broken = _figures()
    assert broken["giftwell_books_sound"] == 0
    assert broken['giftwell_law_breaches{law="3"}'] == 1
    asked = set(re.findall(r"giftwell_\w+", ALERTS.read_text()))
    told = {name.partition("{")[0] for name in broken}
    assert asked <= told, "an alert asks for what is not told"
