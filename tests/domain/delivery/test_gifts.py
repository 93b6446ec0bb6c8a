"""A gift has a link that only its recipient gets, one mail, and a code that shows while the card is
active.
"""

import pytest

from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.models import FreezeReason
from giftwell.domain.cards.refusals import CardIsClosed
from giftwell.domain.delivery.links import UnknownGift, find_gift, gift_link, gift_token
from giftwell.domain.delivery.models import Gift
from giftwell.domain.delivery.open_gift import open_gift
from giftwell.domain.delivery.reveal_gift import GiftIsFrozen, reveal_gift
from giftwell.domain.delivery.send_gift import send_gift, send_gifts
from giftwell.domain.orders.refund_order_card import refund_order_card
from giftwell.foundation.events.models import Event
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from giftwell.kit.codes import is_well_formed
from tests.factories.delivery import fresh_gift, make_gift
from tests.factories.orders import TESTS, Shop, make_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return make_shop()


@pytest.fixture
def gift(shop: Shop) -> Gift:
    return make_gift(shop)


def _send(gift: Gift) -> bool:
    return send_gift(merchant_id=gift.merchant_id, gift_id=gift.id, actor=TESTS, now=now())


def _reveal(gift: Gift) -> str:
    return reveal_gift(merchant_id=gift.merchant_id, gift_id=gift.id, actor=TESTS, now=now())


def _messages(shop: Shop) -> list[Message]:
    with scope.merchant(shop.id), reading():
        return list(Message.objects.filter(kind="gift"))


def _events(shop: Shop, kind: str) -> int:
    with scope.merchant(shop.id), reading():
        return Event.objects.filter(type=kind).count()


def test_the_link_finds_the_gift_and_no_other_text_does(gift: Gift) -> None:
    token = gift_token(gift.id, gift.token_version)
    found = find_gift(token=token)
    assert (found.merchant_id, found.gift_id) == (gift.merchant_id, gift.id)
    for wrong in ("", "x" * 32, token[:-1], token.swapcase(), gift_token(gift.id, 2), "\x00" * 32):
        with pytest.raises(UnknownGift):
            find_gift(token=wrong)


def test_an_orders_token_opens_no_gift(gift: Gift) -> None:
    from giftwell.domain.orders.links import order_token

    for token in (order_token(gift.order_id), order_token(gift.id)):
        with pytest.raises(UnknownGift):
            find_gift(token=token)


def test_a_gift_is_mailed_once(shop: Shop, gift: Gift) -> None:
    assert [_send(gift), _send(gift)] == [True, False]
    (message,) = _messages(shop)
    after = fresh_gift(gift)
    assert (after.state, after.message_id) == ("queued", message.id)
    assert _events(shop, "gift.queued") == 1


def test_all_gifts_of_an_order_are_mailed_once(shop: Shop, gift: Gift) -> None:
    def send() -> int:
        return send_gifts(merchant_id=shop.id, order_id=gift.order_id, actor=TESTS, now=now())

    assert [send(), send()] == [1, 0]


def test_a_gift_without_an_address_is_handed_over_by_its_link(shop: Shop) -> None:
    gift = make_gift(shop, recipient_email="")
    assert _send(gift) is False
    assert (_messages(shop), fresh_gift(gift).state) == ([], "ready")


def test_the_message_log_holds_neither_link_nor_address(shop: Shop, gift: Gift) -> None:
    _send(gift)
    (message,) = _messages(shop)
    row = repr({key: value for key, value in vars(message).items() if not key.endswith("_encrypted")})
    assert gift_token(gift.id, 1) not in row
    assert "maja@example.com" not in row
    assert gift_link(gift.id, 1).encode() not in bytes(message.context_encrypted or b"")


def test_a_gift_whose_card_ended_is_not_mailed(shop: Shop, gift: Gift) -> None:
    refund_order_card(merchant_id=shop.id, line_id=gift.order_line_id, key="r", actor=TESTS, now=now())
    assert _send(gift) is False
    assert _messages(shop) == []


def test_opening_counts_the_first_time(shop: Shop, gift: Gift) -> None:
    first = open_gift(merchant_id=shop.id, gift_id=gift.id, actor=TESTS, now=now())
    second = open_gift(merchant_id=shop.id, gift_id=gift.id, actor=TESTS, now=now())
    assert first.opened_at == second.opened_at
    assert (fresh_gift(gift).state, _events(shop, "gift.opened")) == ("opened", 1)


def test_an_active_cards_code_is_shown_and_that_it_was_is_written_down(shop: Shop, gift: Gift) -> None:
    assert is_well_formed(_reveal(gift))
    assert _events(shop, "card.code_revealed") == 1


def test_a_frozen_card_shows_no_code(shop: Shop, gift: Gift) -> None:
    freeze_card(
        merchant_id=shop.id, card_id=gift.card_id, reason=FreezeReason.MERCHANT, actor=TESTS, now=now()
    )
    with pytest.raises(GiftIsFrozen):
        _reveal(gift)
    assert _events(shop, "card.code_revealed") == 0


def test_a_closed_card_shows_no_code(shop: Shop, gift: Gift) -> None:
    refund_order_card(merchant_id=shop.id, line_id=gift.order_line_id, key="r", actor=TESTS, now=now())
    with pytest.raises(CardIsClosed):
        _reveal(gift)


def test_another_merchant_reaches_no_gift(gift: Gift) -> None:
    stranger = make_shop().id
    for verb in (send_gift, open_gift, reveal_gift):
        with pytest.raises(UnknownGift):
            verb(merchant_id=stranger, gift_id=gift.id, actor=TESTS, now=now())
    with scope.merchant(stranger), reading():
        assert not Gift.objects.exists()
