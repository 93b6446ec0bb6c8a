"""What an API key is: a secret shown once, kept as a hash, worth nothing once revoked or expired."""

from datetime import timedelta

import pytest
from django.db import connection

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity.change_api_key import ApiKeyHasEnded, ApiKeyIsUnknown, change_api_key
from giftwell.foundation.identity.create_api_key import ApiKeyIsInvalid, create_api_key
from giftwell.foundation.identity.find_api_key import find_api_key
from giftwell.foundation.identity.models import ApiKey
from giftwell.foundation.identity.note_key_use import note_key_use
from giftwell.foundation.identity.revoke_api_key import revoke_api_key
from giftwell.foundation.identity.rotate_api_key import ApiKeyIsRotated, OverlapIsInvalid, rotate_api_key
from giftwell.foundation.identity.suspend_merchant import suspend_merchant
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from tests.factories.identity import TESTS, make_api_key, make_merchant, twin_of

pytestmark = pytest.mark.django_db


def test_the_prefix_of_a_key_says_which_tenant_it_opens():
    live = make_merchant()
    twin = twin_of(live)
    _, live_secret = make_api_key(live)
    _, test_secret = make_api_key(twin)
    assert live_secret.startswith("gw_live_")
    assert test_secret.startswith("gw_test_")
    assert find_api_key(live_secret, now=now()).merchant_id == live.id
    assert find_api_key(test_secret, now=now()).merchant_id == twin.id
    # The prefix is part of what is hashed: exchanging it makes another, unknown secret.
    assert find_api_key(test_secret.replace("gw_test_", "gw_live_"), now=now()) is None


def test_a_secret_is_stored_nowhere_and_no_two_are_alike():
    merchant = make_merchant()
    secrets = {make_api_key(merchant)[1] for _ in range(20)}
    assert len(secrets) == 20
    one = next(iter(secrets))
    with scope.merchant(merchant.id), reading(), connection.cursor() as cursor:
        cursor.execute("select count(*) from identity_apikey k where k::text like %s", [f"%{one[8:]}%"])
        assert cursor.fetchone() == (0,)
        key = ApiKey.objects.get(last4=one[-4:], secret_hash__isnull=False, merchant=merchant)
        assert len(bytes(key.secret_hash)) == 32


def test_a_found_key_says_scopes_and_expiry():
    merchant = make_merchant()
    until = now() + timedelta(days=1)
    key, secret = make_api_key(merchant, "cards:read", "orders:read", "cards:read", expires_at=until)
    found = find_api_key(secret, now=now())
    assert (found.key_id, found.merchant_id) == (key.id, merchant.id)
    assert found.scopes == {"cards:read", "orders:read"}
    assert found.expires_at == until
    assert not found.is_suspended


def test_a_revoked_key_opens_nothing_at_once_and_for_good():
    key, secret = make_api_key(make_merchant())
    for _ in range(2):
        revoke_api_key(key=key, actor=TESTS, now=now())
    assert find_api_key(secret, now=now()) is None


def test_an_expired_key_opens_nothing():
    until = now() + timedelta(hours=1)
    _, secret = make_api_key(make_merchant(), expires_at=until)
    assert find_api_key(secret, now=until - timedelta(seconds=1))
    assert find_api_key(secret, now=until) is None


def test_a_key_of_a_suspended_merchant_is_known_and_says_so():
    merchant = make_merchant()
    _, secret = make_api_key(merchant)
    suspend_merchant(merchant=merchant, reason="risk", actor=TESTS, now=now())
    assert find_api_key(secret, now=now()).is_suspended


@pytest.mark.parametrize(
    "secret", ["", "gw_live_", "gw_live_x", "Bearer gw_live_x", "gw_live_" + "x" * 5000, "gw_live_é\x00"]
)
def test_what_is_no_key_is_found_nowhere(secret):
    make_api_key(make_merchant())
    assert find_api_key(secret, now=now()) is None


def test_a_merchant_sees_its_own_keys_and_no_others():
    ours, theirs = make_merchant(), make_merchant()
    make_api_key(ours)
    make_api_key(theirs)
    with scope.merchant(ours.id), reading():
        assert set(ApiKey.objects.values_list("merchant_id", flat=True)) == {ours.id}
    with scope.public(), reading():
        assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "x" * 81}),
        ("scopes", {"scopes": []}),
        ("scopes", {"scopes": ["everything!"]}),
        ("expires_at", {"expires_at": now() - timedelta(days=1)}),
    ],
)
def test_a_key_that_makes_no_sense_is_refused_by_field(field, change):
    details = {"merchant": make_merchant(), "name": "Till", "scopes": ["pos"], "actor": TESTS, "now": now()}
    with pytest.raises(ApiKeyIsInvalid) as refused:
        create_api_key(**{**details, **change})
    assert set(refused.value.errors) == {field}


def test_use_is_noted_once_a_minute_and_never_moves_back():
    merchant = make_merchant()
    key, _ = make_api_key(merchant)
    start = now()
    seen = []
    for seconds in (0, 30, 61, 10):
        note_key_use([key.id], now=start + timedelta(seconds=seconds))
        with scope.merchant(merchant.id), reading():
            seen.append((ApiKey.objects.get(id=key.id).last_used_at - start).total_seconds())
    assert seen == [0, 0, 61, 61]


def test_a_rotated_key_works_on_for_the_overlap_and_has_one_successor():
    merchant = make_merchant()
    key, old = make_api_key(merchant, "cards:read")
    at = now()
    successor, new = rotate_api_key(
        merchant=merchant, key_id=key.id, overlap=timedelta(hours=2), actor=TESTS, now=at
    )
    assert (successor.name, successor.scopes, successor.replaces_id) == (key.name, ["cards:read"], key.id)
    assert [find_api_key(one, now=at + timedelta(hours=1)) is not None for one in (old, new)] == [True, True]
    assert [find_api_key(one, now=at + timedelta(hours=3)) is not None for one in (old, new)] == [False, True]
    with pytest.raises(ApiKeyIsRotated):
        rotate_api_key(merchant=merchant, key_id=key.id, overlap=timedelta(), actor=TESTS, now=at)
    with pytest.raises(ApiKeyHasEnded):
        rotate_api_key(
            merchant=merchant, key_id=key.id, overlap=timedelta(), actor=TESTS, now=at + timedelta(hours=3)
        )
    with pytest.raises(OverlapIsInvalid):
        rotate_api_key(
            merchant=merchant, key_id=successor.id, overlap=timedelta(days=31), actor=TESTS, now=at
        )


def test_an_overlap_never_lengthens_a_keys_life():
    merchant = make_merchant()
    at = now()
    key, secret = make_api_key(merchant, expires_at=at + timedelta(hours=1))
    rotate_api_key(merchant=merchant, key_id=key.id, overlap=timedelta(days=7), actor=TESTS, now=at)
    assert find_api_key(secret, now=at + timedelta(hours=2)) is None


def test_what_of_a_key_can_be_changed_is_written_with_before_and_after():
    merchant = make_merchant()
    key, secret = make_api_key(merchant)
    wanted = {"name": "Shop floor", "networks": ["203.0.113.7"], "requests_a_minute": 60}
    for _ in range(2):
        change_api_key(merchant=merchant, key_id=key.id, **wanted, actor=TESTS, now=now())
    found = find_api_key(secret, now=now())
    assert (found.networks, found.requests_a_minute) == (("203.0.113.7/32",), 60)
    with scope.merchant(merchant.id), reading():
        (row,) = AuditRow.objects.filter(action="api_key.changed", subject=key.public_id)
    assert row.changes == {
        "name": ["Test key", "Shop floor"], "networks": [[], ["203.0.113.7/32"]],
        "requests_a_minute": [None, 60],
    }  # fmt: skip
    with pytest.raises(ApiKeyIsInvalid) as refused:
        change_api_key(
            merchant=merchant, key_id=key.id, name="x", networks=["here"], requests_a_minute=0,
            actor=TESTS, now=now(),
        )  # fmt: skip
    assert set(refused.value.errors) == {"networks", "requests_a_minute"}
    with pytest.raises(ApiKeyIsUnknown):
        change_api_key(merchant=make_merchant(), key_id=key.id, **wanted, actor=TESTS, now=now())
