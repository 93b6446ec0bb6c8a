"""Life, third part: the audit, health, and a start with nothing but the platform itself."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client

from giftwell.config.wiring import REACTIONS
from giftwell.domain.cards.reveal_code import reveal_code
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs.work_off import work_off
from giftwell.kit.clock import now
from tests.database import OwnDatabase, Server
from tests.factories.cards import code_of, make_promo_card
from tests.factories.catalog import make_shop as make_bare_shop
from tests.factories.identity import TESTS
from tests.factories.orders import lines_of, make_fulfilled_order, make_shop
from tests.hostile.ground import browser_of, spend, written
from tests.interfaces.api.caller import caller_for
from tests.interfaces.console.conftest import owner_of

ROOT = Path(__file__).parents[2]


@pytest.mark.line("life-2")
def test_each_thing_that_happened_has_its_audit_row_and_each_is_told_as_done(
    own_database: OwnDatabase,
) -> None:
    shop = make_shop()
    order = make_fulfilled_order(shop)
    card = lines_of(order)[0].card
    for door in ("page", "rest", "pos", "command"):
        spend(door, own_database, shop.merchant, code_of(card), 100)
    browser_of(owner_of(shop.merchant)).post(f"/console/{shop.merchant.slug}/cards/{card.public_id}/freeze/")
    work_off(REACTIONS)
    with psycopg.connect(own_database.admin_url) as admin:
        ((events, kinds),) = admin.execute(
            "select count(*), count(distinct type) from events_event"
        ).fetchall()
        unmatched = admin.execute(
            """select e.type from events_event e where not exists (
                 select from audit_auditrow a where a.action = e.type and a.subject = e.subject
                   and a.actor = e.actor and a.at = e.at and a.outcome = 'done'
                   and a.merchant_id is not distinct from e.merchant_id)"""
        ).fetchall()
        (wrong,) = admin.execute(
            "select count(*) from audit_auditrow where outcome <> 'done'"
        ).fetchone() or (0,)
        spent = admin.execute("select actor from audit_auditrow where action = 'redemption.made'").fetchall()
    assert events > 20
    assert kinds > 10
    assert (unmatched, wrong) == ([], 0)
    assert {actor.partition(":")[0] for (actor,) in spent} == {"person", "api_key", "command"}


@pytest.mark.line("life-2")
@pytest.mark.parametrize("table", ["audit_auditrow", "events_event"])
def test_the_application_cannot_change_what_was_written_down(db: None, table: str) -> None:
    merchant = make_bare_shop()
    for sql in (
        f"update {table} set actor = 'person:somebody'", f"delete from {table}", f"truncate {table}",
        f"alter table {table} disable trigger all", f"drop table {table}",
    ):  # fmt: skip
        assert written(merchant, sql) == -1, sql


@pytest.mark.line("life-2")
def test_a_refused_sign_in_is_written_down_as_refused_and_a_look_at_a_code_names_who_looked(db: None) -> None:
    merchant = make_bare_shop()
    owner = owner_of(merchant)
    Client().post("/accounts/login/", {"login": owner.email, "password": "not the password"})
    card = make_promo_card(merchant)
    browser_of(owner).post(f"/console/{merchant.slug}/cards/{card.public_id}/code/")
    with scope.platform(), reading():
        refused = AuditRow.objects.get(action="person.signed_in")
        looked = AuditRow.objects.get(subject=card.public_id, action__contains="reveal")
    assert (refused.outcome, refused.reason) == ("refused", "address_or_password_wrong")
    assert looked.actor == f"person:{owner.public_id}" or owner.pk.hex in looked.actor.replace("-", "")
    assert looked.outcome == "done"


@pytest.mark.line("life-2")
def test_a_refused_doing_leaves_no_event_of_having_been_done(db: None) -> None:
    merchant = make_bare_shop()
    card = make_promo_card(merchant, 5000)
    api = caller_for(merchant)
    code = code_of(card)
    with scope.platform(), reading():
        before = set(Event.objects.values_list("id", flat=True))
    for amount in (5001, 10**9):
        api.post("redemptions", {"code": code, "amount_minor": amount, "currency": "EUR"})
    api.post("refunds", {"redemption": "red_06f3v9q1d8h2k7m4n5p6r8s9t0"})
    with pytest.raises(Exception, match="no such card"):
        reveal_code(merchant_id=make_bare_shop().id, card_id=card.id, actor=TESTS, now=now())
    with scope.merchant(merchant.id), reading():
        assert set(Event.objects.values_list("id", flat=True)) <= before


@pytest.mark.line("life-3")
def test_readiness_is_a_question_to_the_real_database(server: Server, own_database: OwnDatabase) -> None:
    assert Client().get("/readyz").status_code == 200
    settings_dict = connections.databases["default"]
    before = dict(settings_dict)
    connections["default"].close()
    try:
        settings_dict["NAME"] = "a_database_that_is_away"
        answer = Client(raise_request_exception=False).get("/readyz")
        assert answer.status_code == 503
        assert set(answer.json()["missing"]) >= {"database"}
        assert "a_database_that_is_away" not in answer.content.decode()
        assert Client().get("/livez").status_code == 200
    finally:
        connections["default"].close()
        settings_dict.update(before)


@pytest.mark.line("life-3")
def test_readiness_is_a_question_to_the_real_cache(db: None, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    answer = Client(raise_request_exception=False).get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["cache"])
    assert "127.0.0.1" not in answer.content.decode()


@pytest.mark.line("life-3")
@pytest.mark.parametrize(
    "path", ["/metrics", "/metrics/", "/debug/", "/admin/", "/.env", "/status", "/v1/metrics"]
)
def test_nothing_of_the_inside_is_open_to_the_world(db: None, path: str) -> None:
    assert Client().get(path).status_code == 404


@pytest.mark.line("life-3")
def test_metrics_are_for_those_who_run_the_platform(db: None, settings: Any) -> None:
    """Without a token in the environment there is no such page; with one, only for whoever shows it whole."""
    settings.METRICS_TOKEN = ""
    for shown in ("", "Bearer ", "Bearer x"):
        assert Client().get("/metrics", headers={"Authorization": shown}).status_code == 404
    settings.METRICS_TOKEN = "t" * 32
    for shown in ("", "Bearer ", "Bearer " + "t" * 31, "Bearer " + "t" * 33, "Basic " + "t" * 32, "Bearer é"):
        answer = Client().get("/metrics", headers={"Authorization": shown})
        assert answer.status_code == 404
        assert b"giftwell_" not in answer.content
    answer = Client().get("/metrics", headers={"Authorization": "Bearer " + "t" * 32})
    assert answer.status_code == 200
    assert b"giftwell_chain_blocks 0" in answer.content
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.line("life-3")
def test_a_start_needs_no_providers_keys(tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    code = "import django; django.setup(); from giftwell.config import urls; print(len(urls.urlpatterns))"
    environment = {**kept, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "giftwell.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert connection.vendor == "postgresql"
