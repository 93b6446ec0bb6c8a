"""How many tries are judged: five, then after a growing wait one more, from however many places."""

from datetime import UTC, datetime, timedelta

import pytest

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity.clear_tries import clear_tries, give_tries_back, waits_until
from giftwell.foundation.identity.models import Tries, TriesMinute
from giftwell.foundation.identity.take_try import take_try
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from tests.factories.identity import TESTS, make_person

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MAJA = "maja@example.com"


def _exhaust(email=MAJA, at=NOON):
    return [take_try(email=email, now=at) for _ in range(7)]


def test_five_are_judged_and_no_sixth():
    assert _exhaust() == [True] * 5 + [False] * 2


def test_the_wait_grows_from_one_minute_to_fifteen_and_no_further():
    _exhaust()
    at, waits = NOON, []
    for minutes in (1, 2, 4, 8, 15, 15):
        just_before = at + timedelta(minutes=minutes, seconds=-1)
        assert not take_try(email=MAJA, now=just_before)
        at += timedelta(minutes=minutes)
        assert take_try(email=MAJA, now=at)
        waits.append(minutes)
    assert waits == [1, 2, 4, 8, 15, 15]


def test_what_is_refused_does_not_lengthen_the_wait():
    _exhaust()
    for seconds in range(10, 60, 10):
        take_try(email=MAJA, now=NOON + timedelta(seconds=seconds))
    assert take_try(email=MAJA, now=NOON + timedelta(minutes=1))


def test_capitals_and_spaces_are_the_same_door_and_another_address_is_another():
    _exhaust("  MAJA@Example.com ")
    assert not take_try(email=MAJA, now=NOON)
    assert take_try(email="tomas@example.com", now=NOON)


def test_a_known_device_has_a_door_of_its_own():
    _exhaust()
    assert take_try(email=MAJA, device=b"d" * 32, now=NOON)
    assert not take_try(email=MAJA, now=NOON)


def test_whoever_got_in_begins_anew():
    _exhaust()
    give_tries_back(email=MAJA, now=NOON)
    assert _exhaust() == [True] * 5 + [False] * 2


def test_a_day_later_it_is_forgotten():
    _exhaust()
    assert take_try(email="tomas@example.com", now=NOON + timedelta(days=1, minutes=20))
    assert Tries.objects.count() == 1


def test_no_address_can_be_read_from_what_is_kept():
    _exhaust()
    assert MAJA.encode() not in bytes(Tries.objects.get().key)


def test_an_admin_sees_the_wait_and_ends_it_and_that_is_written_down():
    maja = make_person(email=MAJA)
    assert waits_until(maja, now=NOON) is None
    _exhaust()
    assert waits_until(maja, now=NOON) == NOON + timedelta(minutes=1)
    clear_tries(user=maja, actor=TESTS, now=NOON)
    clear_tries(user=maja, actor=TESTS, now=NOON)
    assert take_try(email=MAJA, now=NOON)
    with scope.platform(), reading():
        assert AuditRow.objects.filter(action="person.tries_cleared", subject=maja.public_id).count() == 1


def test_a_flood_over_all_accounts_closes_unknown_devices_and_is_told_once(settings):
    settings.SIGN_IN_FLOOD_FLOOR = 10
    judged = [take_try(email=f"p{n}@example.com", now=NOON) for n in range(14)]
    assert judged == [True] * 10 + [False] * 4
    assert take_try(email="p20@example.com", device=b"d" * 32, now=NOON)
    assert take_try(email="p21@example.com", now=NOON + timedelta(minutes=1))
    with scope.platform(), reading():
        assert AuditRow.objects.filter(action="sign_in.flooded").count() == 1


def test_a_busy_day_raises_what_is_called_a_flood(settings):
    settings.SIGN_IN_FLOOD_FLOOR = 10
    TriesMinute.objects.create(minute=NOON - timedelta(minutes=5), failures=1440 * 2)
    assert all(take_try(email=f"p{n}@example.com", now=NOON) for n in range(20))
    assert not take_try(email="p20@example.com", now=NOON)
