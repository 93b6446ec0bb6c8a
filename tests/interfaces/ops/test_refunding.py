"""Giving back and undoing from the command line, one by one and by file."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops.commands.refund import refund
from giftwell.interfaces.ops.commands.reverse import reverse
from giftwell.kit.clock import now
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money
from tests.factories.cards import balance_minor, code_of, make_promo_card
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def card() -> Card:
    return make_promo_card(make_shop(), 5000)


def spend(card: Card, amount: int, key: str) -> str:
    answer = redeem(
        merchant_id=card.merchant_id, code=code_of(card), amount=Money(amount, "EUR"), key=key, actor=TESTS,
        now=now(),
    )  # fmt: skip
    return public_id("red", answer.id)


def run(command: click.Command, card: Card, *words: str) -> Result:
    merchant = public_id("mer", card.merchant_id)
    return CliRunner().invoke(command, ["--merchant", merchant, *words])


def told(result: Result) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_a_part_and_then_the_rest_goes_back_once(card: Card) -> None:
    spent = spend(card, 3000, "k")
    words = ("--redemption", spent, "--amount", "10", "--key", "part")
    first, again = run(refund, card, *words, "--json"), run(refund, card, *words)
    assert first.exit_code == 0, first.output
    (given,) = told(first)["refunds"]
    assert (given["amount_minor"], given["balance_minor"], given["replayed"]) == (1000, 3000, False)
    assert "nothing was given now" in again.output
    assert "€20.00 given back" in run(refund, card, "--redemption", spent).output
    assert balance_minor(card) == 5000
    with scope.merchant(card.merchant_id), reading():
        kept = AuditRow.objects.filter(action="redemption.refunded", outcome="done")
        assert set(kept.values_list("actor", flat=True)) == {"command:refund"}


def test_a_file_gives_back_what_it_can_says_the_rest_and_can_run_again(card: Card, tmp_path: Path) -> None:
    one, two = spend(card, 1000, "a"), spend(card, 500, "b")
    theirs = spend(make_promo_card(make_shop(), 5000), 100, "c")
    file = tmp_path / "back.csv"
    file.write_text(f"redemption,amount\n{one},4.00\n{two},\n{theirs},1\nred_nothing,\n{two[:-1]}x,\n")
    for replayed in (False, True):
        result = run(refund, card, "--file", str(file), "--key", "friday", "--json")
        assert result.exit_code == 1
        answer = told(result)
        assert [row.get("amount_minor", row.get("error")) for row in answer["refunds"]][:3] == [
            400, 500, "redemption_not_found",
        ]  # fmt: skip
        assert (answer["refused"], answer["refunds"][0]["replayed"]) == (3, replayed)
    assert balance_minor(card) == 4400


@pytest.mark.parametrize("text", ["", "amount\n1\n", "redemption\n\n", "redemption\nred_a\nred_a\n"])
def test_a_file_that_is_no_list_gives_nothing_back(card: Card, tmp_path: Path, text: str) -> None:
    file = tmp_path / "back.csv"
    file.write_text(text)
    result = run(refund, card, "--file", str(file))
    assert result.exit_code == 1
    assert getattr(result.exception, "code", "") == "file_malformed"


def test_what_is_refused_is_one_line(card: Card) -> None:
    spent = spend(card, 1000, "k")
    result = run(refund, card, "--redemption", spent, "--amount", "10.01")
    assert result.exit_code == 1
    assert "more than what is left to refund" in result.output
    for words in (("--redemption", spent, "--file", __file__), (), ("--file", __file__, "--amount", "1")):
        assert run(refund, card, *words).exit_code == 2
    assert balance_minor(card) == 4000


def test_keys_are_undone_or_prevented_and_a_file_can_run_again(card: Card, tmp_path: Path) -> None:
    spent = spend(card, 1000, "lost-1")
    file = tmp_path / "keys.txt"
    file.write_text("lost-1\n\nlost-2\nlost-1\n")
    for replayed in (False, True):
        result = run(reverse, card, "--file", str(file), "--json")
        assert result.exit_code == 0, result.output
        one, two = told(result)["reversals"]
        assert (one["outcome"], one["id"], one["amount_minor"], one["replayed"]) == (
            "undone", spent, 1000, replayed,
        )  # fmt: skip
        assert (two["outcome"], two["replayed"]) == ("prevented", replayed)
    assert balance_minor(card) == 5000
    assert "redeem of €10.00 undone" in run(reverse, card, "--key", "lost-1").output


def test_a_refused_reversal_says_why(card: Card) -> None:
    spent = spend(card, 1000, "k")
    run(refund, card, "--redemption", spent, "--amount", "1")
    result = run(reverse, card, "--key", "k")
    assert result.exit_code == 1
    assert "can no longer be reversed" in result.output
    assert run(reverse, card).exit_code == run(reverse, card, "--key", " ").exit_code == 2
    assert balance_minor(card) == 4100
