"""Cards end and are told of by the clock, however often it strikes."""

from datetime import timedelta

import pytest

from giftwell.domain.cards.expire_cards import expire_due
from giftwell.domain.cards.queries import history_of
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.jobs import cards
from tests.factories.cards import make_promo_card, make_sold_card, read
from tests.factories.catalog import make_shop


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
