"""Who gets through which door: every page of a merchant and of the platform, tried by those it is not for."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.identity.suspend_merchant import suspend_merchant
from giftwell.interfaces.common.access import AccessRule, Permission, allows
from giftwell.kit.clock import now
from giftwell.kit.ids import new_id
from tests.factories.identity import TESTS, make_member, make_merchant, make_person

pytestmark = pytest.mark.django_db


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, AccessRule]]:
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, where)
        elif isinstance(pattern, URLPattern):
            rule = getattr(pattern.callback, "access_rule", None)
            if rule is not None:
                yield where, rule


RULES = sorted(_walk(get_resolver().url_patterns), key=lambda pair: pair[0])
OF_MERCHANTS = [(where, Permission(rule.needs)) for where, rule in RULES if rule.kind == "merchant"]
OF_THE_PLATFORM = [where for where, rule in RULES if rule.kind == "platform"]
OF_PERSONS = [where for where, rule in RULES if rule.kind == "person"]


def _path(where: str, slug: str = "") -> str:
    """An address with its parts filled in: the merchant's slug, and ids of nothing."""
    path = re.sub(r"<(?:slug:)?slug>", slug, where)
    path = re.sub(r"<uuid:\w+>", str(new_id()), path)
    path = re.sub(r"<int:\w+>", "1", path)
    return "/" + re.sub(r"<[^>]+>", "none", path)


def _status(client: Client, path: str) -> int:
    """What this person gets there, by the method that the page takes."""
    answer = client.get(path)
    return (client.post(path) if answer.status_code == 405 else answer).status_code


def _as(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def shop():
    return make_merchant(name="Ours")


def test_there_are_doors_to_try():
    assert OF_MERCHANTS
    assert OF_THE_PLATFORM
    assert OF_PERSONS


def test_a_stranger_is_asked_to_sign_in_first(shop):
    for where, _ in OF_MERCHANTS:
        path = _path(where, shop.slug)
        answer = Client().get(path)
        answer = Client().post(path) if answer.status_code == 405 else answer
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/login/"), where
    for where in OF_THE_PLATFORM + OF_PERSONS:
        assert _status(Client(), _path(where)) == 302, where


def test_who_works_elsewhere_sees_no_such_merchant(shop):
    stranger = _as(make_member(make_merchant(name="Theirs"), "manager"))
    for where, _ in OF_MERCHANTS:
        assert _status(stranger, _path(where, shop.slug)) == 404, where
        assert _status(stranger, _path(where, "no-such-shop")) == 404, where


def test_a_role_that_lacks_the_permission_is_refused(shop):
    people = {role: _as(make_member(shop, role)) for role in ("manager", "cashier", "ghost")}
    for where, permission in OF_MERCHANTS:
        for role, client in people.items():
            status = _status(client, _path(where, shop.slug))
            if not allows(role, permission):
                assert status == 403, (where, role)


def test_a_suspended_merchant_is_closed_to_its_own_people(shop):
    owner = _as(make_member(shop, "manager"))
    suspend_merchant(merchant=shop, reason="risk", actor=TESTS, now=now())
    for where, _ in OF_MERCHANTS:
        assert _status(owner, _path(where, shop.slug)) == 403, where


def test_the_platforms_pages_do_not_exist_for_merchants_and_buyers(shop):
    for person in (make_member(shop, "manager"), make_person()):
        client = _as(person)
        for where in OF_THE_PLATFORM:
            assert _status(client, _path(where)) == 404, where


def test_a_platform_admin_is_no_merchants_member(shop):
    admin = create_admin(email="ada@example.com", name="Ada", password=None, actor=TESTS, now=now())
    for where, _ in OF_MERCHANTS:
        assert _status(_as(admin), _path(where, shop.slug)) == 404, where


def test_a_membership_in_the_platforms_role_opens_nothing(shop):
    pretender = _as(make_member(shop, "platform_admin"))
    for where in OF_THE_PLATFORM:
        assert _status(pretender, _path(where)) == 404, where
    for where, _ in OF_MERCHANTS:
        assert _status(pretender, _path(where, shop.slug)) == 403, where


def test_htmx_leaves_the_page_to_sign_in_and_comes_back_to_it(shop):
    where, _ = OF_MERCHANTS[0]
    headers = {
        "HX-Request": "true",
        "HX-Current-URL": f"http://testserver/console/{shop.slug}/cards/?status=active",
    }
    answer = Client().get(_path(where, shop.slug), headers=headers)
    answer = Client().post(_path(where, shop.slug), headers=headers) if answer.status_code == 405 else answer
    assert answer.status_code == 401
    back = f"/accounts/login/?next=/console/{shop.slug}/cards/%3Fstatus%3Dactive"
    assert answer["HX-Redirect"] == back


def test_what_signed_in_people_see_is_kept_by_no_cache():
    client = _as(make_person())
    for where in OF_PERSONS:
        answer = client.get(_path(where))
        assert "no-store" in answer["Cache-Control"], where
