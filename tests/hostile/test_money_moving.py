"""Whatever a verb that moves value refuses leaves one audit row with its reason, and nothing else at all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.load_card import load_card
from giftwell.domain.cards.merge_cards import merge_cards
from giftwell.domain.cards.models import Card, FreezeReason
from giftwell.domain.cards.replace_card import replace_card
from giftwell.domain.cards.split_card import split_card
from giftwell.domain.cards.transfer_value import transfer_value
from giftwell.domain.ledger.models import Account, Hold, Posting, Transfer
from giftwell.domain.ledger.verify import verify
from giftwell.domain.orders.models import Order
from giftwell.domain.orders.opening import Buyer
from giftwell.domain.orders.place_top_up import place_top_up
from giftwell.domain.redemption.authorize import authorize
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.events.models import Event
from giftwell.foundation.idempotency.models import IdempotencyKey
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import new_id
from giftwell.kit.money import Money
from tests.factories.cards import code_of, make_pending_card, make_promo_card, make_sold_card
from tests.factories.catalog import make_program, make_shop
from tests.factories.identity import TESTS

pytestmark = pytest.mark.django_db

BEYOND = 10**12
LATE = timedelta(days=20_000)


@dataclass
class Ground:
    """A shop whose cards take 10.00 to 100.00 at once and hold at most 120.00; `at` is when the verb runs."""

    shop: Merchant = field(default_factory=make_shop)
    at: datetime = field(default_factory=now)

    def __post_init__(self) -> None:
        caps: dict[str, Any] = {"min_value_minor": 1000, "max_value_minor": 10_000}
        caps["max_balance_minor"] = 12_000
        self.sold_program = make_program(self.shop, name="Sold", **caps)
        self.given_program = make_program(
            self.shop,
            name="Given",
            funding="promo",
            validity_days=4000,
            max_issue_per_day_minor=22_000,
            **caps,
        )
        self.card = self.sold(5000)
        self.other = self.sold(8000)
        self.given = make_promo_card(self.shop, 5000, program=self.given_program)

    def sold(self, value_minor: int) -> Card:
        return make_sold_card(self.shop, value_minor, program=self.sold_program)

    def load(self, card: Card, amount_minor: int = 1000, currency: str = "EUR") -> None:
        load_card(card_id=card.id, amount=Money(amount_minor, currency), **self._keyed())

    def top_up(self, card: Card, amount_minor: int = 1000, currency: str = "EUR") -> None:
        place_top_up(
            card_id=card.id, value=Money(amount_minor, currency), buyer=Buyer(email="m@example.com"),
            **self._keyed(),
        )  # fmt: skip

    def move(
        self, card: Card, to: Card, amount_minor: int = 1000, currency: str = "EUR", **more: Any
    ) -> None:
        transfer_value(
            source_id=card.id, target_id=to.id, amount=Money(amount_minor, currency), **self._keyed(), **more
        )

    def merge(self, card: Card, to: Card, **more: Any) -> None:
        merge_cards(source_id=card.id, target_id=to.id, **self._keyed(), **more)

    def split(self, card: Card, *amounts_minor: int, **more: Any) -> None:
        split_card(card_id=card.id, amounts_minor=amounts_minor or (1000,), **self._keyed(), **more)

    def replace(self, card: Card, **more: Any) -> None:
        replace_card(card_id=card.id, **self._keyed(), **more)

    def frozen(self, card: Card, reason: FreezeReason = FreezeReason.MERCHANT) -> Card:
        freeze_card(merchant_id=card.merchant_id, card_id=card.id, reason=reason, actor=TESTS, now=now())
        return card

    def held(self, card: Card, amount_minor: int = 4500) -> Card:
        authorize(
            merchant_id=card.merchant_id, code=code_of(card), amount=Money(amount_minor, "EUR"), key="h",
            actor=TESTS, now=now(),
        )  # fmt: skip
        return card

    def closed(self) -> Card:
        card, room = self.sold(1000), self.sold(1000)
        merge_cards(
            merchant_id=self.shop.id, source_id=card.id, target_id=room.id, key="c", actor=TESTS, now=now()
        )
        return card

    def foreign(self) -> Card:
        return make_sold_card(make_shop(), 5000)

    def pounds(self) -> Card:
        return make_sold_card(self.shop, 5000, program=make_program(self.shop, name="Pounds", currency="GBP"))

    def late(self) -> "Ground":
        self.at = now() + LATE
        return self

    def _keyed(self) -> dict[str, Any]:
        return {"merchant_id": self.shop.id, "key": "asked", "actor": TESTS, "now": self.at}


type Asked = Callable[[Ground], Callable[[], None]]
"""Prepares what is needed, and gives back the call that has to be refused."""


def of(verb: str, card: Callable[[Ground], Card], *args: Any, **more: Any) -> Asked:
    """A verb on the card that is made here; cards among the arguments are made too, before the call."""

    def asked(ground: Ground) -> Callable[[], None]:
        made = [card(ground), *(one(ground) if callable(one) else one for one in args)]
        return lambda: getattr(ground, verb)(*made, **more)

    return asked


def later(asked: Asked) -> Asked:
    """The same when every card's validity is over."""

    def then(ground: Ground) -> Callable[[], None]:
        call = asked(ground)
        ground.late()
        return call

    return then


def card(ground: Ground) -> Card:
    return ground.card


def other(ground: Ground) -> Card:
    return ground.other


def roomy(ground: Ground) -> Card:
    return ground.sold(1000)


def given(ground: Ground) -> Card:
    return ground.given


def frozen(ground: Ground) -> Card:
    return ground.frozen(ground.card)


def held(ground: Ground) -> Card:
    return ground.held(ground.card)


def pending(ground: Ground) -> Card:
    return make_pending_card(ground.shop, 5000, program=ground.sold_program)


CLOSED: Callable[[Ground], Card] = Ground.closed
FOREIGN: Callable[[Ground], Card] = Ground.foreign
NOT_MINE: dict[str, Any] = {"held_by": new_id()}

MOVED = "card.value_transferred"

TABLE: dict[str, tuple[str, str, Asked]] = {
    "load below the bounds": ("card.loaded", "value_is_out_of_bounds", of("load", given, 999)),
    "load above the bounds": ("card.loaded", "value_is_out_of_bounds", of("load", given, 10_001)),
    "load of nothing": ("card.loaded", "value_is_out_of_bounds", of("load", given, 0)),
    "load beyond money": ("card.loaded", "value_is_out_of_bounds", of("load", given, BEYOND)),
    "load beyond the card's cap": ("card.loaded", "exceeds_max_balance", of("load", given, 7001)),
    "load in another currency": ("card.loaded", "wrong_currency", of("load", given, 1000, "GBP")),
    "load of what is sold": ("card.loaded", "program_needs_payment", of("load", card)),
    "load of a frozen card": ("card.loaded", "card_is_frozen", of("load", lambda g: g.frozen(g.given))),
    "load of an expired card": ("card.loaded", "card_is_expired", later(of("load", given))),
    "load of a foreign card": ("card.loaded", "card_not_found", of("load", FOREIGN)),
    "top-up beyond the card's cap": ("card.loaded", "exceeds_max_balance", of("top_up", card, 7001)),
    "top-up below the bounds": ("card.loaded", "value_is_out_of_bounds", of("top_up", card, 999)),
    "top-up in another currency": ("card.loaded", "currency_mismatch", of("top_up", card, 1000, "GBP")),
    "top-up of a given card": ("card.loaded", "funding_is_not_sold", of("top_up", given)),
    "top-up of a closed card": ("card.loaded", "card_is_closed", of("top_up", CLOSED)),
    "top-up of a pending card": ("card.loaded", "card_is_pending", of("top_up", pending)),
    "top-up of a frozen card": ("card.loaded", "card_is_frozen", of("top_up", frozen)),
    "top-up of an expired card": ("card.loaded", "card_is_expired", later(of("top_up", card))),
    "top-up of a foreign card": ("card.loaded", "card_not_found", of("top_up", FOREIGN)),
    "move of more than there is": (MOVED, "insufficient_funds", of("move", card, roomy, 5001)),
    "move beyond the other's cap": (MOVED, "exceeds_max_balance", of("move", card, other, 4001)),
    "move of what is held": (MOVED, "insufficient_funds", of("move", held, other, 501)),
    "move of nothing": (MOVED, "amount_invalid", of("move", card, other, 0)),
    "move beyond money": (MOVED, "amount_invalid", of("move", card, other, BEYOND)),
    "move in another currency": (MOVED, "wrong_currency", of("move", card, other, 9, "GBP")),
    "move to another currency": (MOVED, "cards_do_not_match", of("move", card, Ground.pounds)),
    "move to another funding": (MOVED, "cards_do_not_match", of("move", card, given)),
    "move to itself": (MOVED, "same_card", of("move", card, card)),
    "move from a frozen card": (MOVED, "card_is_frozen", of("move", frozen, other)),
    "move to a frozen card": (MOVED, "card_is_frozen", of("move", other, frozen)),
    "move to a pending card": (MOVED, "card_is_pending", of("move", card, pending)),
    "move to a closed card": (MOVED, "card_is_closed", of("move", card, CLOSED)),
    "move from a closed card": (MOVED, "card_is_closed", of("move", CLOSED, card)),
    "move of what expired": (MOVED, "card_is_expired", later(of("move", card, other))),
    "move from a foreign card": (MOVED, "card_not_found", of("move", FOREIGN, card)),
    "move to a foreign card": (MOVED, "card_not_found", of("move", card, FOREIGN)),
    "move out of another's wallet": (MOVED, "card_not_found", of("move", card, other, **NOT_MINE)),
    "merge beyond the other's cap": ("card.merged", "exceeds_max_balance", of("merge", card, other)),
    "merge of what is held": ("card.merged", "card_has_holds", of("merge", held, other)),
    "merge to another funding": ("card.merged", "cards_do_not_match", of("merge", card, given)),
    "merge with a foreign card": ("card.merged", "card_not_found", of("merge", card, FOREIGN)),
    "merge out of another's wallet": ("card.merged", "card_not_found", of("merge", card, other, **NOT_MINE)),
    "split of more than there is": ("card.split", "insufficient_funds", of("split", card, 2500, 2501)),
    "split of what is held": ("card.split", "insufficient_funds", of("split", held, 501)),
    "split into nothing": ("card.split", "parts_are_invalid", of("split", card, 1000, 0)),
    "split into one that is all": ("card.split", "parts_are_invalid", of("split", card, 5000)),
    "split into too many": ("card.split", "parts_are_invalid", of("split", card, *[1] * 51)),
    "split in another currency": ("card.split", "wrong_currency", of("split", card, 1000, currency="GBP")),
    "split of a frozen card": ("card.split", "card_is_frozen", of("split", frozen)),
    "split of an expired card": ("card.split", "card_is_expired", later(of("split", card))),
    "split of a foreign card": ("card.split", "card_not_found", of("split", FOREIGN)),
    "replacement of what is held": ("card.replaced", "card_has_holds", of("replace", held)),
    "replacement of a frozen card": ("card.replaced", "card_is_frozen", of("replace", frozen)),
    "replacement of an expired card": ("card.replaced", "card_is_expired", later(of("replace", card))),
    "replacement of a closed card": ("card.replaced", "card_is_closed", of("replace", CLOSED)),
    "replacement of a pending card": ("card.replaced", "card_is_pending", of("replace", pending)),
    "replacement of a foreign card": ("card.replaced", "card_not_found", of("replace", FOREIGN)),
    "replacement of another's card": ("card.replaced", "card_not_found", of("replace", card, **NOT_MINE)),
}  # fmt: skip


def whole() -> dict[str, Any]:
    """Everything that a refusal must leave as it was."""
    with scope.platform(), reading():
        return {
            "counts": [one.objects.count() for one in (Posting, Transfer, Event, Order, IdempotencyKey)],
            "cards": list(Card.objects.order_by("id").values_list("id", "status", "expires_at", "holder_id")),
            "accounts": list(Account.objects.order_by("id").values_list("id", "balance_minor", "held_minor")),
            "holds": list(Hold.objects.order_by("id").values_list("id", "state")),
        }


def refusals() -> list[tuple[str, str]]:
    with scope.platform(), reading():
        rows = AuditRow.objects.filter(outcome="refused").order_by("id")
        return list(rows.values_list("action", "reason"))


@pytest.mark.line("life-2")
@pytest.mark.parametrize("name", TABLE)
def test_a_refusal_is_one_audit_row_and_nothing_else(name: str) -> None:
    action, reason, asked = TABLE[name]
    ground = Ground()
    call = asked(ground)
    before = whole()

    with pytest.raises(DomainError) as caught:
        call()

    assert (caught.value.code, refusals()) == (reason, [(action, reason)])
    assert whole() == before


@pytest.mark.line("life-2")
def test_a_days_limit_of_what_is_given_counts_what_was_issued_and_loaded() -> None:
    ground = Ground()
    second = make_promo_card(ground.shop, 10_000, program=ground.given_program)
    ground.load(ground.given, 6000)
    before = whole()
    with pytest.raises(DomainError) as caught:
        load_card(
            merchant_id=ground.shop.id, card_id=second.id, amount=Money(1001, "EUR"), key="one-too-many",
            actor=TESTS, now=ground.at,
        )  # fmt: skip
    assert caught.value.code == "exceeds_issue_limit"
    assert whole() == before


@pytest.mark.line("life-2")
def test_what_was_refused_is_judged_anew_under_its_key() -> None:
    ground = Ground()
    with pytest.raises(DomainError):
        ground.move(ground.card, ground.other, 5001)
    ground.move(ground.card, ground.other, 1000)
    assert verify() == []
