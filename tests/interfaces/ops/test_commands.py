"""The business from the command line: each command says what it did, or refuses in one line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from giftwell.domain.cards.issue_cards import ProgramNeedsPayment
from giftwell.domain.catalog.models import Design
from giftwell.foundation.identity.create_merchant import SlugIsTaken
from giftwell.foundation.identity.find_api_key import find_api_key
from giftwell.foundation.identity.models import PlatformRole, User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops.commands.create_admin import create_admin
from giftwell.interfaces.ops.commands.create_api_key import create_api_key
from giftwell.interfaces.ops.commands.create_merchant import create_merchant
from giftwell.interfaces.ops.commands.issue import issue
from giftwell.interfaces.ops.commands.redeem import LocationNotFound, redeem
from giftwell.interfaces.ops.commands.words import MerchantNotFound, ProgramNotFound
from giftwell.kit.clock import now
from giftwell.kit.codes import is_well_formed
from giftwell.kit.errors import DomainError
from giftwell.kit.money import InvalidAmount
from tests.domain.books import credit_of
from tests.factories.catalog import make_shop, promo_of
from tests.factories.identity import twin_of

pytestmark = pytest.mark.django_db


def _run(command: click.Command, *words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(command, words, input=given, catch_exceptions=True)


def _json(command: click.Command, *words: str, given: str | None = None) -> dict[str, Any]:
    result = _run(command, *words, "--json", given=given)
    assert result.exit_code == 0, (result.output, result.exception)
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def _refusal(command: click.Command, *words: str) -> DomainError:
    result = _run(command, *words)
    assert isinstance(result.exception, DomainError), (result.output, result.exception)
    return result.exception


def _open_lido() -> dict[str, Any]:
    words = ("--name", "Lido", "--owner-email", "Ada@Example.com", "--slug", "lido", "--location", "Pool")
    return _json(create_merchant, *words)


def test_a_merchant_is_created_with_twin_shop_and_an_owner_who_can_sign_in() -> None:
    answer = _open_lido()
    assert answer["slug"] == "lido"
    owner = User.objects.get(email="ada@example.com")
    assert owner.check_password(answer["owner"]["password"])
    with scope.platform(), reading():
        for slug in ("lido", answer["sandbox"]["slug"]):
            merchant = Merchant.objects.get(slug=slug)
            assert Design.objects.filter(merchant=merchant).count() == 4


def test_an_owner_who_has_an_account_keeps_their_password() -> None:
    _open_lido()
    again = _json(create_merchant, "--name", "Lido Two", "--owner-email", "ada@example.com")
    assert again["owner"]["password"] is None
    assert isinstance(
        _refusal(create_merchant, "--name", "X", "--owner-email", "ada@example.com", "--slug", "lido"),
        SlugIsTaken,
    )


def test_an_admin_is_created_once_and_shown_a_password_once() -> None:
    first = _json(create_admin, "--email", "root@example.com")
    assert User.objects.get(email="root@example.com").check_password(first["password"])
    assert _json(create_admin, "--email", "root@example.com")["password"] is None
    assert PlatformRole.objects.filter(user__email="root@example.com").count() == 1


@pytest.mark.parametrize("by", ["slug", "public_id"])
def test_a_key_is_for_the_named_merchant_or_its_twin(by: str) -> None:
    merchant = make_shop()
    name = str(getattr(merchant, by))
    live = _json(create_api_key, "--merchant", name, "--scope", "pos", "--scope", "cards:read")
    test = _json(create_api_key, "--merchant", name, "--scope", "pos", "--sandbox")
    assert live["secret"].startswith("gw_live_")
    assert test["secret"].startswith("gw_test_")
    for answer, owner in ((live, merchant), (test, twin_of(merchant))):
        found = find_api_key(answer["secret"], now=now())
        assert found is not None
        assert found.merchant_id == owner.id


def test_a_key_with_a_scope_nobody_knows_is_refused() -> None:
    result = _run(create_api_key, "--merchant", make_shop().slug, "--scope", "everything")
    assert result.exit_code == 2
    assert "everything" in result.stderr


def test_cards_are_issued_by_count_and_a_second_run_with_the_key_finds_them() -> None:
    merchant = make_shop()
    words = ("--merchant", merchant.slug, "--value", "25.00", "--count", "3", "--key", "run-1")
    first, again = _json(issue, *words), _json(issue, *words)
    assert first == again
    assert {card["value_minor"] for card in first["cards"]} == {2500}
    assert all(is_well_formed(card["code"]) for card in first["cards"])
    assert credit_of("issued", owner=merchant.id) == -7500


def test_an_interrupted_run_makes_only_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    merchant = make_shop()
    monkeypatch.setattr("giftwell.interfaces.ops.commands.issue.BATCH", 2)
    words = ("--merchant", merchant.slug, "--value", "10", "--key", "run-1")
    part = _json(issue, *words, "--count", "4")
    whole = _json(issue, *words, "--count", "6")
    assert whole["cards"][:4] == part["cards"]
    assert len({card["id"] for card in whole["cards"]}) == 6
    assert credit_of("issued", owner=merchant.id) == -6000


def test_cards_are_issued_from_a_file_of_values(tmp_path: Path) -> None:
    merchant = make_shop()
    source = tmp_path / "cards.csv"
    source.write_text("\ufeffvalue,who\n10.00,Maja\n25.50,Jonas\n", encoding="utf-8")
    answer = _json(issue, "--merchant", merchant.slug, "--file", str(source))
    assert [card["value_minor"] for card in answer["cards"]] == [1000, 2550]


@pytest.mark.parametrize("rows", ["value\n10.00\n-5\n1.505\n9999999\n", "value\n", "amount\n10\n"])
def test_a_file_with_a_wrong_row_makes_no_card(rows: str, tmp_path: Path) -> None:
    merchant = make_shop()
    source = tmp_path / "cards.csv"
    source.write_text(rows, encoding="utf-8")
    refusal = _refusal(issue, "--merchant", merchant.slug, "--file", str(source))
    assert isinstance(refusal, InvalidAmount)
    if "-5" in rows:
        assert set(refusal.errors) == {"row 3", "row 4", "row 5"}
    assert credit_of("issued", owner=merchant.id) == 0


def test_people_read_codes_in_groups() -> None:
    result = _run(issue, "--merchant", make_shop().slug, "--value", "25")
    code, worth, card_id = result.stdout.split()
    assert len(code.split("-")) == 4
    assert (worth, card_id[:5]) == ("€25.00", "card_")
    assert "Key of this run" in result.stderr


@pytest.mark.parametrize(
    "words", [(), ("--value", "5", "--file", "/dev/null"), ("--count", "0", "--value", "5")]
)
def test_a_command_that_is_not_clear_is_explained(words: tuple[str, ...]) -> None:
    result = _run(issue, "--merchant", make_shop().slug, *words)
    assert result.exit_code == 2


def test_an_escrow_program_cannot_be_given_away() -> None:
    words = ("--merchant", make_shop().slug, "--program", "Gift cards", "--value", "25")
    assert isinstance(_refusal(issue, *words), ProgramNeedsPayment)


def test_a_card_is_spent_from_the_command_line_and_a_repeated_key_spends_once() -> None:
    merchant = make_shop()
    (card,) = _json(issue, "--merchant", merchant.public_id, "--value", "25")["cards"]
    words = ("--merchant", merchant.slug, "--code", card["code"], "--amount", "10", "--key", "sale-1")
    first, again = _json(redeem, *words), _json(redeem, *words)
    assert (first["amount_minor"], first["balance_minor"], first["replayed"]) == (1000, 1500, False)
    assert again == {**first, "replayed": True}
    spent = _run(redeem, *words[:-1], "sale-2", "--allow-partial", "--reference", "till 4")
    assert "Redeemed €10.00" in spent.stdout


def test_a_code_can_be_read_from_standard_input() -> None:
    merchant = make_shop()
    (card,) = _json(issue, "--merchant", merchant.slug, "--value", "25")["cards"]
    answer = _json(
        redeem, "--merchant", merchant.slug, "--code", "-", "--amount", "5", given=card["code"] + "\n"
    )
    assert answer["card"]["last4"] == card["last4"]


@pytest.mark.parametrize(
    ("command", "words", "expected"),
    [
        (issue, ("--merchant", "nobody", "--value", "5"), MerchantNotFound),
        (issue, ("--merchant", "mer_x", "--value", "5"), MerchantNotFound),
        (issue, ("--program", "None", "--value", "5"), ProgramNotFound),
        (issue, ("--program", "prog_x", "--value", "5"), ProgramNotFound),
        (redeem, ("--code", "x", "--amount", "five"), InvalidAmount),
        (redeem, ("--code", "x", "--amount", "5", "--location", "Moon"), LocationNotFound),
    ],
)
def test_what_does_not_exist_is_said(
    command: click.Command, words: tuple[str, ...], expected: type[DomainError]
) -> None:
    merchant = make_shop()
    named = () if "--merchant" in words else ("--merchant", merchant.slug)
    assert isinstance(_refusal(command, *named, *words), expected)


def test_a_program_is_found_by_its_id_and_only_at_its_merchant() -> None:
    mine, other = make_shop(), make_shop()
    program = promo_of(mine).public_id
    run: Callable[[Merchant], tuple[str, ...]] = lambda merchant: (  # noqa: E731 - two uses of one line
        "--merchant", merchant.slug, "--program", program, "--value", "5",
    )  # fmt: skip
    assert _json(issue, *run(mine))["program"] == program
    assert isinstance(_refusal(issue, *run(other)), ProgramNotFound)
