"""Value moved from the command line: once for a key, and refused as everywhere else."""

import json
from typing import Any

import click
import pytest
from click.testing import CliRunner

from giftwell.domain.cards.issue_cards import ProgramNeedsPayment
from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card
from giftwell.domain.ledger.refusals import InsufficientFunds
from giftwell.domain.ledger.verify import verify
from giftwell.interfaces.ops.commands.load import load
from giftwell.interfaces.ops.commands.replace import replace
from giftwell.interfaces.ops.commands.split import split
from giftwell.interfaces.ops.commands.transfer import merge, transfer
from giftwell.kit.errors import DomainError
from giftwell.kit.ids import public_id
from giftwell.kit.money import InvalidAmount
from tests.factories.cards import balance_minor, code_of, make_promo_card, make_sold_card, read
from tests.factories.catalog import make_shop

pytestmark = pytest.mark.django_db


def _json(command: click.Command, card: Card, *words: str) -> dict[str, Any]:
    result = CliRunner().invoke(command, [*_shop(card), *words, "--json"])
    assert result.exit_code == 0, (result.output, result.exception)
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def _refusal(command: click.Command, card: Card, *words: str) -> type[DomainError]:
    result = CliRunner().invoke(command, [*_shop(card), *words])
    assert isinstance(result.exception, DomainError), (result.output, result.exception)
    return type(result.exception)


def _shop(card: Card) -> tuple[str, str]:
    return "--merchant", public_id("mer", card.merchant_id)


def test_a_given_card_is_loaded_once_for_a_key() -> None:
    card = make_promo_card(make_shop())
    asked = ("--card", card.public_id, "--amount", "12.50", "--key", "k")
    assert [_json(load, card, *asked)["replayed"] for _ in range(2)] == [False, True]
    assert balance_minor(card) == 6250
    sold = make_sold_card(make_shop())
    assert _refusal(load, sold, "--card", sold.public_id, "--amount", "1") is ProgramNeedsPayment
    assert _refusal(load, card, "--card", card.public_id, "--amount", "all") is InvalidAmount
    assert _refusal(load, card, "--card", sold.public_id, "--amount", "1") is CardNotFound


def test_value_moves_and_two_cards_become_one() -> None:
    shop = make_shop()
    one, other = make_sold_card(shop, 5000), make_sold_card(shop, 2000)
    pair = ("--from", one.public_id, "--to", other.public_id)
    assert _refusal(transfer, one, *pair, "--amount", "50.01") is InsufficientFunds
    moved = _json(transfer, one, *pair, "--amount", "15")
    assert (moved["from_balance_minor"], moved["to_balance_minor"]) == (3500, 3500)
    asked = (*pair, "--key", "m")
    assert [_json(merge, one, *asked)["replayed"] for _ in range(2)] == [False, True]
    assert (read(one).close_reason, balance_minor(other)) == ("merged", 7000)
    theirs = make_sold_card(make_shop())
    for pair in (("--from", theirs.public_id, "--to", other.public_id),
                 ("--from", other.public_id, "--to", theirs.public_id)):  # fmt: skip
        assert _refusal(merge, other, *pair) is CardNotFound
    assert verify() == []


def test_a_card_is_divided_and_a_lost_one_replaced_without_a_code_on_the_screen() -> None:
    card = make_sold_card(make_shop())
    parts = ("--amount", "10", "--amount", "15", "--key", "s")
    made = [_json(split, card, "--card", card.public_id, *parts) for _ in range(2)]
    assert [one.pop("replayed") for one in made] == [False, True]
    assert made[0] == made[1]
    assert [part["amount_minor"] for part in made[0]["cards"]] == [1000, 1500]
    old = code_of(card)
    result = CliRunner().invoke(replace, [*_shop(card), "--card", card.public_id, "--key", "r"])
    again = _json(replace, card, "--card", card.public_id, "--key", "r")
    assert (again["replayed"], again["amount_minor"]) == (True, 2500)
    assert again["replaced_by"] in result.output
    assert old not in result.output
    assert read(card).close_reason == "replaced"
