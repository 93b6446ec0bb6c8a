"""The rows that the functions write are the events that the classes describe, each in the audit once."""

from dataclasses import fields
from typing import Any

import pytest

from giftwell.domain.redemption import events
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.event import DomainEvent
from giftwell.foundation.events.models import Event
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.ids import public_id
from tests.domain.redemption.tills import CASHIER, Till
from tests.factories.ledger import NOON

pytestmark = pytest.mark.django_db


def told(till: Till) -> list[tuple[str, str, dict[str, Any]]]:
    """What was told of this merchant's redemptions, in order."""
    types = [
        event.TYPE
        for event in (
            events.RedemptionMade,
            events.RedemptionRefunded,
            events.AuthorizationPlaced,
            events.AuthorizationVoided,
        )
    ]
    with scope.merchant(till.merchant_id), reading():
        rows = list(Event.objects.filter(type__in=types).order_by("id"))
        written = list(
            AuditRow.objects.filter(action__in=types)
            .order_by("id")
            .values_list("action", "outcome", "subject", "at")
        )
    assert written == [(row.type, "done", row.subject, NOON) for row in rows]
    assert {row.actor for row in rows} == {str(CASHIER)}
    return [(row.type, row.subject, row.data) for row in rows]


def test_each_event_is_written_as_its_class_says() -> None:
    till = Till()
    place = till.ground.location_id
    hold = till.authorize(4_000, location_id=place)
    spent = till.redeem(1_000)
    taken = till.capture(hold.id, 3_000)
    other = till.authorize(100)
    till.void(other.id)
    given_back = till.refund(spent.id, 500)
    till.redeem(location_id=place, amount=1)
    common: dict[str, Any] = {
        "merchant_id": till.merchant_id, "subject": public_id("card", till.card.id), "currency": "EUR",
    }  # fmt: skip
    at_place, red, auth = public_id("loc", place), "red", "auth"
    expected: list[DomainEvent] = [
        events.AuthorizationPlaced(
            authorization=public_id(auth, hold.id), amount_minor=4_000, available_minor=6_000,
            location=at_place, expires_at=hold.expires_at, **common,
        ),
        events.RedemptionMade(
            redemption=public_id(red, spent.id), amount_minor=1_000, balance_minor=9_000, commission_minor=25,
            location=None, authorization=None, **common,
        ),
        events.RedemptionMade(
            redemption=public_id(red, taken.id), amount_minor=3_000, balance_minor=6_000, commission_minor=75,
            location=at_place, authorization=public_id(auth, hold.id), **common,
        ),
        events.AuthorizationPlaced(
            authorization=public_id(auth, other.id), amount_minor=100, available_minor=5_900, location=None,
            expires_at=other.expires_at, **common,
        ),
        events.AuthorizationVoided(
            authorization=public_id(auth, other.id), amount_minor=100, available_minor=6_000, **common
        ),
        events.RedemptionRefunded(
            refund=public_id("ref", given_back.id), redemption=public_id(red, spent.id), amount_minor=500,
            balance_minor=6_500, commission_minor=13, instead_of=None, **common,
        ),
    ]  # fmt: skip
    found = told(till)
    assert found[:-1] == [(event.TYPE, event.subject, event.data()) for event in expected]
    names = {field.name for field in fields(events.RedemptionMade)} - {"merchant_id", "subject"}
    assert set(found[-1][2]) == names


def test_a_replay_tells_nothing_and_a_refusal_only_the_audit() -> None:
    till = Till()
    till.redeem(1_000, "k")
    till.redeem(1_000, "k")
    assert len(told(till)) == 1
