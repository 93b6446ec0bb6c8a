"""Tokens of people: the sign-in's own pipeline, one refresh a token, and no more than the person's role."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client

from giftwell.config.redaction import redacted_text
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.identity import totp
from giftwell.foundation.identity.add_authenticator_app import add_authenticator_app
from giftwell.foundation.identity.models import (
    AccessRules,
    Device,
    Membership,
    MembershipLocation,
    TokenFamily,
    User,
)
from giftwell.foundation.identity.refresh_tokens import RefreshedMeanwhile, TokenWasUsed, refresh_tokens
from giftwell.foundation.identity.remove_member import remove_member
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.foundation.tenancy.transactions import transaction as writing
from giftwell.interfaces.api.app import api
from giftwell.interfaces.common import limiting
from giftwell.interfaces.common.access import ROLES, scopes_behind
from giftwell.kit.clock import now
from tests.database import OwnDatabase
from tests.domain.racing import together
from tests.factories.catalog import make_shop
from tests.factories.identity import (
    PASSWORD,
    TESTS,
    location_of,
    make_member,
    make_person,
)
from tests.hostile.ground import browser_of
from tests.interfaces.accounts.mails import written
from tests.interfaces.api.caller import refused
from tests.interfaces.api.phones import Phone


@pytest.fixture(autouse=True)
def _unpaced(monkeypatch: Any) -> None:
    limiting._limiter.cache_clear()
    monkeypatch.setattr("giftwell.interfaces.common.pace.FLOOR_SECONDS", 0.0)


def _asked(email: str, password: str = PASSWORD, **more: Any) -> Any:
    body = {"email": email, "password": password, **more.pop("body", {})}
    return Client().post("/v1/tokens", body, "application/json", **more)


def _with_app(person: User) -> tuple[str, int]:
    secret, step = totp.new_secret(), int(now().timestamp()) // 30
    add_authenticator_app(user=person, secret=secret, code=totp.code_at(secret, step - 1), now=now())
    return secret, step


@pytest.mark.django_db
def test_a_phone_signs_in_reads_what_is_its_persons_and_signs_out() -> None:
    maja = make_person(password=PASSWORD)
    phone = Phone(maja)
    assert phone.get("me").json()["email"] == maja.email
    assert phone.get("me/cards").json() == {"data": [], "next_cursor": None}
    assert b"Maja&#x27;s phone" in browser_of(maja).get("/accounts/devices/").content
    assert phone.delete("tokens/current").status_code == 204
    refused(phone.get("me"), 401, "unauthenticated")
    assert not Device.objects.filter(user=maja, browser="Maja's phone").exists()


@pytest.mark.django_db
def test_ending_the_device_on_the_page_ends_its_tokens_and_a_second_one_is_told_by_mail() -> None:
    maja = make_person(password=PASSWORD)
    first, second = Phone(maja), Phone(maja)
    assert len([one for one in written() if "Maja's phone" in str(one.context)]) == 1
    device = TokenFamily.objects.select_related("device").order_by("began_at").first().device  # type: ignore[union-attr]
    browser_of(maja).post(f"/accounts/devices/{device.public_id}/end/")
    refused(first.get("me"), 401, "unauthenticated")
    refused(first.post("tokens/refresh", {"refresh_token": first.refresh}), 401, "token_is_unknown")
    assert second.get("me").status_code == 200


@pytest.mark.django_db
def test_every_refusal_of_a_sign_in_is_the_same_and_the_sixth_try_is_not_judged() -> None:
    maja, gone, careful = (make_person(password=PASSWORD) for _ in range(3))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    _with_app(careful)
    for _ in range(5):
        _asked(maja.email, "a guess")
    told = set()
    for answer in (
        _asked(maja.email),
        _asked("nobody-here@example.com"),
        _asked(gone.email),
        _asked(careful.email, "a guess"),
        _asked(careful.email),
        _asked(careful.email, body={"code": "000000"}),
    ):
        problem = refused(answer, 401, "sign_in_refused")
        told.add((problem["detail"], tuple(sorted(answer.cookies)), answer.get("Cache-Control")))
    assert len(told) == 1
    with scope.platform(), reading():
        reasons = set(AuditRow.objects.filter(action="person.signed_in").values_list("reason", flat=True))
    assert reasons >= {"address_or_password_wrong", "too_many_tries", "person_is_inactive", "code_wrong"}


@pytest.mark.django_db
def test_guesses_by_rest_and_by_page_are_counted_together() -> None:
    maja = make_person(password=PASSWORD)
    for n in range(5):
        Client().post("/accounts/login/", {"login": maja.email, "password": "x"}, REMOTE_ADDR=f"192.0.2.{n}")
    refused(_asked(maja.email), 401, "sign_in_refused")


@pytest.mark.django_db
def test_a_code_of_the_app_works_once_by_rest_too() -> None:
    maja = make_person(password=PASSWORD)
    secret, step = _with_app(maja)
    code = totp.code_at(secret, step)
    assert Phone(maja, code).get("me").json()["second_factor"] is True
    refused(_asked(maja.email, body={"code": code}), 401, "sign_in_refused")


@pytest.mark.django_db
def test_known_and_unknown_addresses_take_equally_long(monkeypatch: Any) -> None:
    monkeypatch.undo()
    maja = make_person(password=PASSWORD)
    took: dict[str, list[float]] = {maja.email: [], "nobody-here@example.com": []}
    for n in range(3):
        for email, times in took.items():
            started = time.monotonic()
            refused(_asked(email, "a guess", REMOTE_ADDR=f"192.0.2.{n}"), 401, "sign_in_refused")
            times.append(time.monotonic() - started)
    known, unknown = (sorted(times) for times in took.values())
    assert abs(known[1] - unknown[1]) < 0.1, took
    assert known[0] <= unknown[-1], took
    assert unknown[0] <= known[-1], took


@pytest.mark.django_db
def test_an_access_token_ends_by_itself_and_a_refresh_ends_the_one_before() -> None:
    phone = Phone(make_person(password=PASSWORD))
    first = phone.access
    phone.renewed()
    newer, phone.access = phone.access, first
    refused(phone.get("me"), 401, "unauthenticated")
    phone.access = newer
    with time_machine.travel(now() + timedelta(minutes=15, seconds=1), tick=False):
        refused(phone.get("me"), 401, "unauthenticated")
        phone.renewed()
        assert phone.get("me").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [0, 1], ids=["idle", "in all"])
def test_tokens_live_as_long_as_sessions_do(limit: int) -> None:
    phone = Phone(make_person(password=PASSWORD))
    minutes = settings.SESSION_LIMITS["person"][limit]
    if limit:
        TokenFamily.objects.update(began_at=now() - timedelta(minutes=minutes + 1))
    else:
        TokenFamily.objects.update(seen_at=now() - timedelta(minutes=minutes + 1))
    refused(phone.get("me"), 401, "unauthenticated")
    assert not TokenFamily.objects.exists()


@pytest.mark.django_db
def test_a_roles_own_limit_ends_them_where_the_role_is_used() -> None:
    shop = make_shop()
    phone = Phone(make_member(shop, "cashier", user=make_person(password=PASSWORD)), at=shop.slug)
    TokenFamily.objects.update(began_at=now() - timedelta(minutes=settings.SESSION_LIMITS["cashier"][1] + 1))
    assert phone.get("me").status_code == 200
    refused(phone.get("cards"), 401, "unauthenticated")
    refused(phone.get("me"), 401, "unauthenticated")


def test_forty_refreshes_at_once_give_one_token(own_database: OwnDatabase) -> None:
    phone = Phone(make_person(password=PASSWORD))

    def refresh(_: int) -> Any:
        try:
            body = {"refresh_token": phone.refresh}
            return Client().post("/v1/tokens/refresh", body, "application/json")
        finally:
            connection.close()

    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(refresh, range(40)))
    given = [one for one in answers if one.status_code == 200]
    assert len(given) == 1
    codes = {one.json()["code"] for one in answers if one.status_code != 200}
    assert codes <= {"refreshed_meanwhile", "token_was_used", "token_is_unknown"}
    assert not any("gw_" in one.content.decode() for one in answers if one.status_code != 200)


def test_of_those_that_race_one_wins_and_the_next_to_come_ends_all(
    own_database: OwnDatabase,
) -> None:
    phone = Phone(make_person(password=PASSWORD))
    racers, held = 6, threading.Event()

    def call() -> Any:
        return refresh_tokens(refresh=phone.refresh, now=now())

    def race() -> Any:
        held.wait(timeout=20)
        return call()

    def release() -> None:
        # All have seen the token work, and wait for the row; now they may.
        with writing(), connection.cursor() as cursor:
            cursor.execute("select 1 from identity_tokenfamily for update")
            held.set()
            waiting = 0
            ends = time.monotonic() + 15
            while waiting < racers and time.monotonic() < ends:
                cursor.execute("select count(*) from pg_locks where not granted")
                waiting = cursor.fetchone()[0]
                time.sleep(0.02)
            assert waiting >= racers

    answers = together(release, *[race] * racers)[1:]
    won = [one for one in answers if not isinstance(one, Exception)]
    assert len(won) == 1, answers
    assert [type(one) for one in answers if one not in won] == [RefreshedMeanwhile] * (racers - 1)
    phone.access = won[0].access
    assert phone.get("me").status_code == 200
    with pytest.raises(TokenWasUsed):
        call()
    assert not TokenFamily.objects.exists()
    with scope.platform(), reading():
        assert Event.objects.filter(type="person.token_reused").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["owner", "manager", "finance", "cashier", "developer", "auditor"])
def test_at_a_merchant_a_token_opens_what_the_role_could_put_on_a_key(role: str) -> None:
    shop = make_shop()
    phone = Phone(make_member(shop, role, user=make_person(password=PASSWORD)), at=shop.slug)
    scopes = scopes_behind(ROLES[role], is_sandbox=False)
    for _, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                rule = operation.view_func.access_rule
                if rule.kind != "api" or rule.needs == "by body" or operation.methods != ["GET"]:
                    continue
                answer = phone.get(path.lstrip("/").replace("{", "").replace("}", ""))
                assert (answer.status_code == 403) == (rule.needs not in scopes), (path, answer.content)


@pytest.mark.django_db
def test_no_token_reaches_a_shop_where_its_person_does_not_work() -> None:
    shop, other = make_shop(), make_shop()
    phone = Phone(make_member(shop, "owner", user=make_person(password=PASSWORD)))
    for named in ("", other.slug, "no-such-shop"):
        phone.at = named
        refused(phone.get("cards"), 403, "no_workplace")
    phone.at = shop.slug
    assert phone.get("cards").status_code == 200
    phone.at = ""
    assert [one["address"] for one in phone.get("me").json()["workplaces"]] == [shop.slug]


@pytest.mark.django_db
def test_another_role_and_none_hold_from_the_next_request() -> None:
    shop = make_shop()
    person = make_member(shop, "manager", user=make_person(password=PASSWORD))
    phone = Phone(person, at=shop.slug)
    assert phone.get("cards").status_code == 200
    with scope.merchant(shop.id), writing():
        place = _membership(person, shop)
        place.role = "cashier"
        place.save(update_fields=["role"])
    refused(phone.get("cards"), 403, "missing_scope")
    remove_member(merchant=shop, membership_id=place.pk, actor=TESTS, now=now())
    refused(phone.get("cards"), 403, "no_workplace")


def _membership(person: User, shop: Any) -> Any:
    """Their membership."""
    return Membership.objects.get(user=person, merchant=shop)


@pytest.mark.django_db
def test_networks_places_and_the_second_factor_stand_before_rest_too() -> None:
    shop = make_shop()
    late = now() - timedelta(days=1)
    manager, cashier = (
        make_member(shop, role, user=make_person(password=PASSWORD)) for role in ("manager", "cashier")
    )
    phone = Phone(manager, at=shop.slug)
    User.objects.filter(pk=manager.pk).update(second_factor_due_at=late)
    refused(phone.get("cards"), 403, "second_factor_needed")
    User.objects.filter(pk=manager.pk).update(second_factor_due_at=now() + timedelta(days=1))
    with scope.merchant(shop.id), writing():
        AccessRules.objects.update_or_create(
            merchant=shop,
            defaults={"networks": ["203.0.113.0/24"], "changed_at": now(), "password_policy": "nist"},
        )
    refused(phone.get("cards"), 403, "not_from_here")
    bound = _bound(cashier, shop)
    bound.at = shop.slug
    refused(bound.get("redemptions"), 403, "bound_to_places")


def _bound(person: User, shop: Any) -> Phone:
    """Their phone, once they work at one place only."""
    with scope.merchant(shop.id), writing():
        MembershipLocation.objects.create(
            merchant=shop, membership=_membership(person, shop), location=location_of(shop)
        )
    return Phone(person)


def test_a_secret_of_a_token_is_taken_out_of_a_log() -> None:
    assert "abc" not in redacted_text("gw_refresh_abc.abc and gw_access_abc")
