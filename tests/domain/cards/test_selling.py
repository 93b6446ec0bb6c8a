"""A card between an order and its holder: pending, then loaded, once."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from giftwell.domain.cards.cancel_card import CardIsNotPending, cancel_card
from giftwell.domain.cards.close_card import close_card
from giftwell.domain.cards.codes import code_hash
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card, FreezeReason
from giftwell.domain.cards.paid_value import FundingIsNotSold, Paid
from giftwell.domain.cards.prepare_card import FaceIsForeign, prepare_card
from giftwell.domain.cards.queries import find_card_by_code, history_of
from giftwell.domain.cards.refusals import CardIsClosed, CardIsPending, ValueIsOutOfBounds
from giftwell.domain.cards.reveal_code import reveal_code
from giftwell.domain.ledger.refusals import AmountInvalid
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.clock import now
from giftwell.kit.codes import is_well_formed
from tests.domain.books import credit_of
from tests.factories.cards import (
    activate,
    balance_minor,
    code_of,
    make_pending_card,
    make_sold_card,
    read,
    settle,
)
from tests.factories.catalog import design_of, escrow_of, make_product, make_shop, promo_of
from tests.factories.identity import TESTS

pytestmark = pytest.mark.django_db


def _close(card: Card) -> Card:
    return close_card(merchant_id=card.merchant_id, card_id=card.id, actor=TESTS, now=now())


def _freeze(card: Card) -> Card:
    return freeze_card(
        merchant_id=card.merchant_id, card_id=card.id, reason=FreezeReason.MERCHANT, actor=TESTS, now=now()
    )


def test_a_pending_card_has_no_value_and_no_code() -> None:
    card = read(make_pending_card(make_shop()))
    assert (card.status, card.last4, card.code_hash, card.code_encrypted) == ("pending", "", None, None)
    assert balance_minor(card) == 0
    with pytest.raises(CardIsPending):
        code_of(card)


def test_the_database_refuses_a_code_before_the_value() -> None:
    card = make_pending_card(make_shop())
    with (
        pytest.raises(IntegrityError, match="cards_card_life"),
        scope.merchant(card.merchant_id),
        transaction(),
    ):
        Card.objects.filter(id=card.id).update(code_hash=b"x", code_encrypted=b"x", last4="ABCD")


def test_a_line_of_an_order_has_one_card() -> None:
    program, line = escrow_of(make_shop()), uuid.uuid4()
    cards = {
        prepare_card(program=program, value_minor=5000, order_line_id=line, actor=TESTS, now=now()).id
        for _ in range(2)
    }
    assert len(cards) == 1


def test_a_card_is_loaded_from_what_was_paid_and_gets_its_code() -> None:
    merchant = make_shop()
    card = make_pending_card(merchant)
    settle(merchant, 5000)
    card = read(activate(card))
    assert card.status == "active"
    assert balance_minor(card) == 5000
    assert card.expires_at is not None
    code = code_of(card)
    assert is_well_formed(code)
    assert card.last4 == code[-4:]
    assert bytes(card.code_hash or b"") == code_hash(merchant.id, code)
    assert code.encode() not in bytes(card.code_encrypted or b"")
    assert credit_of("unapplied") == 0


def test_the_merchant_pays_its_own_discount_and_the_buyer_the_fee() -> None:
    merchant = make_shop()
    card = make_sold_card(merchant, 5000, price_minor=4800, fee_minor=99)
    assert balance_minor(card) == 5000
    assert credit_of("pending", owner=merchant.id) == -200
    assert credit_of("fees") == 99
    assert credit_of("unapplied") == 0


def test_a_repeated_message_loads_nothing_a_second_time() -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    settle(merchant, 5000)
    code = code_of(card)
    again = activate(card)
    assert balance_minor(again) == 5000
    assert code_of(again) == code
    assert credit_of("unapplied") == 5000


def test_a_repeated_message_thaws_nothing() -> None:
    card = make_sold_card(make_shop())
    _freeze(card)
    assert activate(card).status == "frozen"
    assert read(card).status == "frozen"


def test_a_late_message_revives_no_cancelled_card() -> None:
    merchant = make_shop()
    card = make_pending_card(merchant)
    cancel_card(merchant_id=merchant.id, card_id=card.id, actor=TESTS, now=now())
    settle(merchant, 5000)
    with pytest.raises(CardIsClosed):
        activate(card)
    assert (read(card).status, balance_minor(card)) == ("closed", 0)
    assert credit_of("unapplied") == 5000


def test_the_database_itself_never_opens_a_closed_card() -> None:
    merchant = make_shop()
    card = make_pending_card(merchant)
    cancel_card(merchant_id=merchant.id, card_id=card.id, actor=TESTS, now=now())
    with (
        pytest.raises(IntegrityError, match="does not go from closed"),
        scope.merchant(merchant.id),
        transaction(),
    ):
        Card.objects.filter(id=card.id).update(
            status="active", close_reason="", closed_at=None, activated_at=now(),
            code_hash=b"x", code_encrypted=b"x", last4="ABCD",
        )  # fmt: skip


def test_a_price_above_the_value_is_no_discount_and_loads_nothing() -> None:
    merchant = make_shop()
    card = make_pending_card(merchant)
    with pytest.raises(AmountInvalid):
        activate(card, Paid(5001))
    assert (read(card).status, balance_minor(card)) == ("pending", 0)


def test_a_card_of_a_promo_program_is_not_loaded_by_a_payment() -> None:
    merchant = make_shop()
    given = make_pending_card(merchant, program=promo_of(merchant))
    with pytest.raises(FundingIsNotSold):
        activate(given)


def test_a_loaded_card_is_not_cancelled() -> None:
    card = make_sold_card(make_shop())
    with pytest.raises(CardIsNotPending):
        cancel_card(merchant_id=card.merchant_id, card_id=card.id, actor=TESTS, now=now())


def test_closing_a_pending_card_cancels_it_and_cancelling_is_repeatable() -> None:
    card = make_pending_card(make_shop())
    assert _close(card).close_reason == "cancelled"
    assert (
        cancel_card(merchant_id=card.merchant_id, card_id=card.id, actor=TESTS, now=now()).status == "closed"
    )
    with scope.merchant(card.merchant_id), reading():
        told = [event.type for event in history_of(card)]
    assert told == ["card.issued", "card.cancelled"]


@pytest.mark.parametrize("value", [499, 50_001, 0, -5000])
def test_a_card_keeps_to_its_programs_bounds(value: int) -> None:
    with pytest.raises(ValueIsOutOfBounds):
        make_pending_card(make_shop(), value)


def test_a_card_wears_nobody_elses_face() -> None:
    mine, other = make_shop(), make_shop()
    program = escrow_of(mine)
    for face in ({"design": design_of(other)}, {"product": make_product(other)}):
        with pytest.raises(FaceIsForeign):
            prepare_card(
                program=program, value_minor=5000, order_line_id=uuid.uuid4(), actor=TESTS, now=now(), **face
            )


def test_another_merchant_reaches_no_card_by_id_or_code() -> None:
    mine, other = make_shop(), make_shop()
    card = make_sold_card(mine)
    code = code_of(card)
    with pytest.raises(CardNotFound):
        reveal_code(merchant_id=other.id, card_id=card.id, actor=TESTS, now=now())
    with pytest.raises(CardNotFound):
        close_card(merchant_id=other.id, card_id=card.id, actor=TESTS, now=now())
    with scope.merchant(mine.id), reading():
        assert find_card_by_code(mine.id, f" {code[:4].lower()}-{code[4:]} ").id == card.id
    with scope.merchant(other.id), reading():
        for text in (code, "7K4M-XQ2D-9FHT-3WNPV", "", "x" * 500, "\x00"):
            with pytest.raises(CardNotFound):
                find_card_by_code(other.id, text)


def test_a_card_is_never_minted_for_another_merchant() -> None:
    mine, other = make_shop(), make_shop()
    card = make_sold_card(mine)
    foreign = Card(
        merchant=other, program_id=card.program_id, account_id=999_999, currency="EUR",
        face_value_minor=5000, issued_at=now(),
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="belongs to its program"), scope.platform(), transaction():
        foreign.save(force_insert=True)


@pytest.mark.parametrize(
    "change",
    [
        {"face_value_minor": 9000},
        {"currency": "SEK"},
        {"account_id": 1},
        {"code_hash": b"y" * 32},
        {"activated_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"expires_at": datetime(2027, 1, 1, tzinfo=UTC)},
    ],
)
def test_no_edit_changes_what_was_sold(change: dict[str, object]) -> None:
    card = make_sold_card(make_shop())
    with pytest.raises(IntegrityError, match="a card keeps"), scope.merchant(card.merchant_id), transaction():
        Card.objects.filter(id=card.id).update(**change)


def test_a_card_may_be_valid_for_longer() -> None:
    card = make_sold_card(make_shop())
    with scope.merchant(card.merchant_id), transaction():
        Card.objects.filter(id=card.id).update(expires_at=datetime(2099, 1, 1, tzinfo=UTC))
        Card.objects.filter(id=card.id).update(expires_at=None)
