"""Cards corrected, ended and brought back from the command line."""

import json
from datetime import datetime, timedelta
from typing import Any

import click
import pytest
from click.testing import CliRunner

from giftwell.domain.cards.close_card import CardHasHolds
from giftwell.domain.cards.expire_cards import CardIsNotDue
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.reinstate_card import CardIsNotExpired
from giftwell.domain.redemption.authorize import authorize
from giftwell.interfaces.ops.commands import expire as expiring
from giftwell.interfaces.ops.commands.adjust import adjust
from giftwell.interfaces.ops.commands.expire import expire
from giftwell.interfaces.ops.commands.reinstate import reinstate
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import public_id
from giftwell.kit.money import InvalidAmount, Money
from tests.factories.cards import balance_minor, code_of, make_promo_card, make_sold_card, read
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS

pytestmark = pytest.mark.django_db


def _json(command: click.Command, *words: str) -> dict[str, Any]:
    result = CliRunner().invoke(command, [*words, "--json"])
    assert result.exit_code == 0, (result.output, result.exception)
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def _refusal(command: click.Command, *words: str) -> DomainError:
    result = CliRunner().invoke(command, words)
    assert isinstance(result.exception, DomainError), (result.output, result.exception)
    return result.exception


def _of(card: Card) -> tuple[str, ...]:
    return ("--merchant", public_id("mer", card.merchant_id), "--card", card.public_id)


def _at(monkeypatch: pytest.MonkeyPatch, moment: datetime | None) -> None:
    assert moment is not None
    monkeypatch.setattr(expiring, "now", lambda: moment)


def test_a_sweep_expires_what_is_due_and_a_card_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop()
    cards = [make_promo_card(shop), make_sold_card(shop)]
    assert _json(expire) == {"looked_at": 0}
    _at(monkeypatch, cards[1].expires_at)
    assert _json(expire) == {"looked_at": 2}
    assert {read(card).close_reason for card in cards} == {"expired"}
    back = _json(reinstate, *_of(cards[1]), "--last-day", "2040-05-31")
    assert back["status"] == "active"
    assert back["expires_at"].startswith("2040-05-31T2")
    assert balance_minor(cards[1]) == 5000
    assert "is back, valid until" in CliRunner().invoke(reinstate, _of(cards[0])).output


def test_one_card_is_expired_alone_and_waits_for_its_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = make_shop()
    card, other = make_promo_card(shop), make_promo_card(shop)
    assert isinstance(_refusal(expire, *_of(card)), CardIsNotDue)
    assert isinstance(_refusal(reinstate, *_of(card)), CardIsNotExpired)
    ends = card.expires_at
    assert ends is not None
    authorize(
        merchant_id=shop.id, code=code_of(card), amount=Money(100, "EUR"), key="a", expires_in_seconds=7200,
        actor=TESTS, now=ends - timedelta(hours=1),
    )  # fmt: skip
    _at(monkeypatch, ends)
    assert isinstance(_refusal(expire, *_of(card)), CardHasHolds)
    assert _json(expire, *_of(other)) == {"card": other.public_id, "status": "closed"}
    foreign = ("--merchant", make_shop().slug, "--card", card.public_id)
    assert isinstance(_refusal(expire, *foreign), CardNotFound)
    assert isinstance(_refusal(reinstate, *foreign), CardNotFound)


def test_a_little_is_adjusted_once_for_its_key_and_more_is_asked_for() -> None:
    card = make_promo_card(make_shop())
    words = (*_of(card), "--reason", "The till took too much", "--key", "k")
    first, again = (_json(adjust, *words, "--take", "12.50") for _ in range(2))
    assert (first["status"], first["change_minor"], first["replayed"]) == ("applied", -1250, False)
    assert again == {**first, "replayed": True}
    assert balance_minor(card) == 3750
    more = CliRunner().invoke(adjust, [*_of(card), "--reason", "Sorry for the trouble", "--add", "60"])
    assert "nothing moves before a person approves it" in more.output
    assert balance_minor(card) == 3750


@pytest.mark.parametrize("words", [(), ("--add", "1", "--take", "1")])
def test_one_way_is_named(words: tuple[str, ...]) -> None:
    card = make_promo_card(make_shop())
    result = CliRunner().invoke(adjust, [*_of(card), "--reason", "Till error", *words])
    assert (result.exit_code, "either --add or --take" in result.output) == (2, True)


def test_what_is_no_amount_or_no_card_is_refused() -> None:
    card = make_promo_card(make_shop())
    assert isinstance(_refusal(adjust, *_of(card), "--reason", "Till error", "--take", "-5"), InvalidAmount)
    foreign = ("--merchant", make_shop().slug, "--card", card.public_id, "--reason", "Till error")
    assert isinstance(_refusal(adjust, *foreign, "--add", "5"), CardNotFound)
    assert CliRunner().invoke(expire, ["--card", card.public_id]).exit_code == 2
