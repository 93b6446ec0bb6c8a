"""Batches from the command line: made whole, by a count or a file; brought along, and taken back."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from giftwell.domain.bulk.confirm_batch import BatchHasBadRows
from giftwell.domain.bulk.refusals import BatchNotFound, FileIsUnreadable
from giftwell.domain.ledger.verify import verify
from giftwell.interfaces.ops.commands.import_cards import import_cards
from giftwell.interfaces.ops.commands.issue import issue
from tests.domain.books import credit_of
from tests.factories.catalog import make_shop

pytestmark = pytest.mark.django_db


def answer(command: click.Command, *words: str) -> dict[str, object]:
    result = CliRunner().invoke(command, [*words, "--json"])
    assert result.exit_code == 0, result.stderr + str(result.exception)
    found: dict[str, object] = json.loads(result.stdout)
    return found


def refusal(command: click.Command, *words: str) -> BaseException | None:
    result = CliRunner().invoke(command, list(words))
    assert result.exit_code != 0
    return result.exception


def written(folder: Path, text: str) -> str:
    path = folder / "cards.csv"
    path.write_text(text)
    return str(path)


def test_a_count_becomes_one_batch_and_a_second_run_with_its_key_changes_nothing() -> None:
    merchant = make_shop()
    words = ("--merchant", merchant.slug, "--value", "25", "--count", "12", "--batch", "--key", "spring")
    first, again = answer(issue, *words), answer(issue, *words)
    assert first == again
    assert (first["stage"], first["cards"], first["amount_minor"]) == ("complete", 12, 30_000)
    assert "code" not in json.dumps(first)
    assert credit_of("issued", owner=merchant.id) == -30_000


def test_a_file_is_made_whole_or_not_at_all_or_without_its_bad_rows(tmp_path: Path) -> None:
    merchant = make_shop()
    words = ("--merchant", merchant.slug, "--batch", "--file", written(tmp_path, "value\n5\nx\n7\n"))
    assert isinstance(refusal(issue, *words), BatchHasBadRows)
    assert credit_of("issued", owner=merchant.id) == 0
    made = answer(issue, *words, "--skip-bad")
    assert (made["stage"], made["cards"], made["bad_rows"]) == ("complete", 2, 1)
    unreadable = written(tmp_path, "colour\nred\n")
    assert isinstance(
        refusal(issue, "--merchant", merchant.slug, "--batch", "--file", unreadable), FileIsUnreadable
    )
    assert verify() == []


def test_an_import_is_brought_along_and_taken_back(tmp_path: Path) -> None:
    merchant = make_shop()
    source = written(tmp_path, "code,balance\nOLD-1234-5678,12.50\n")
    made = answer(import_cards, "--merchant", merchant.slug, "--file", source)
    assert (made["stage"], made["amount_minor"]) == ("complete", 1250)
    back = answer(import_cards, "--merchant", merchant.slug, "--reverse", str(made["batch"]))
    assert (back["stage"], back["taken_back"], back["left"]) == ("reversed", 1, 0)
    assert credit_of("issued", owner=merchant.id) == 0
    elsewhere = refusal(import_cards, "--merchant", make_shop().slug, "--reverse", str(made["batch"]))
    assert isinstance(elsewhere, BatchNotFound)


@pytest.mark.parametrize(
    "words", [(), ("--file", "x", "--reverse", "batch_x"), ("--reverse", "b", "--skip-bad")]
)
def test_one_thing_is_asked_at_a_time(words: tuple[str, ...], tmp_path: Path) -> None:
    source = written(tmp_path, "code,balance\n")
    given = [source if word == "x" else word for word in words]
    assert CliRunner().invoke(import_cards, ["--merchant", "nobody", *given]).exit_code == 2
    assert CliRunner().invoke(issue, ["--merchant", "nobody", "--value", "5", "--skip-bad"]).exit_code == 2
