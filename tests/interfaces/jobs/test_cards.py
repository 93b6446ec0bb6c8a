"""Cards end and are told of by the clock, however often it strikes."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django import app

from giftwell.domain.cards.expire_cards import expire_due
from giftwell.domain.cards.queries import history_of
from giftwell.domain.ledger.verify import verify
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs import cards
from tests.domain.racing import together
from tests.factories.cards import make_promo_card, make_sold_card, read
from tests.factories.catalog import make_program, make_shop


@pytest.mark.usefixtures("own_database")
def test_the_clock_tells_of_the_end_and_brings_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "AT_ONCE", 1)
    monkeypatch.setattr(
        cards, "expire_due", lambda *, actor, now: expire_due(actor=actor, now=now, at_most=1)
    )
    merchant = make_shop()
    mine = [make_sold_card(merchant), make_promo_card(merchant)]
    ends = mine[0].expires_at
    assert ends is not None
    for days in (20, 19, 3, -1, -2):
        at = ends - timedelta(days=days)
        monkeypatch.setattr(cards, "now", lambda at=at: at)
        cards.remind()
        cards.expire_cards()
    for card in mine:
        with scope.merchant(merchant.id), reading():
            told = [event.type for event in history_of(card)]
        assert told[2:] == ["card.expires_soon", "card.expires_soon", "card.expired"]
        assert read(card).close_reason == "expired"


def test_a_worker_brings_both_by_the_clock_one_at_a_time() -> None:
    """Two workers do not strike twice: the lock is the tick's name, and what waits is not put there again."""
    struck = {one.task.name: one.cron for one in app.periodic_registry.periodic_tasks.values()}
    assert struck["cards.expire"] == "*/10 * * * *"
    assert struck["cards.remind"] == "7 * * * *"
    for name in ("cards.expire", "cards.remind"):
        task = app.tasks[name]
        assert (task.lock, task.queueing_lock, task.queue) == (name, name, "schedule")


@pytest.mark.usefixtures("own_database")
def test_after_a_long_stop_two_at_once_catch_up_and_tell_each_thing_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    merchant = make_shop()
    over = [make_sold_card(merchant) for _ in range(3)]
    longer = make_program(merchant, funding="promo", validity_days=5 * 365 + 60)
    living = make_promo_card(merchant, program=longer)
    assert living.expires_at is not None
    # Nothing ran for years, until five days before the last of the cards ends.
    at = living.expires_at - timedelta(days=5)
    monkeypatch.setattr(cards, "now", lambda: at)
    outcomes = together(cards.expire_cards, cards.remind, cards.expire_cards, cards.remind)
    assert outcomes == [None] * 4
    assert {read(card).close_reason for card in over} == {"expired"}
    for card, wanted in [(living, ["card.expires_soon"]), *[(card, ["card.expired"]) for card in over]]:
        with scope.merchant(merchant.id), reading():
            told = [event.type for event in history_of(card)]
        assert [one for one in told if "expire" in one] == wanted
    assert verify() == []
