"""`giftwell issue`: cards without a payment, by count or from a file; stopped, it goes on with its key.

With `--batch` they are made as one batch, and no code is printed: codes of a batch leave by its export.
Without it, work is done part by part, each under a key of its own, made from the command's key and the part's
place; a second run with the same key finds the parts that are there and makes the ones that are not.
"""

import csv
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from giftwell.domain.bulk.create_issue import create_issue
from giftwell.domain.bulk.models import Batch, Kind
from giftwell.domain.cards.issue_cards import issue_cards
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.reveal_code import reveal_codes
from giftwell.domain.catalog import terms
from giftwell.domain.catalog.models import Program
from giftwell.interfaces.ops.commands.batches import confirmed_file, told, worked_off
from giftwell.interfaces.ops.commands.words import (
    as_json,
    merchant_named,
    merchant_option,
    program_named,
    say,
)
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.codes import display
from giftwell.kit.crypto import new_token
from giftwell.kit.money import InvalidAmount, Money, format_money, parse_amount

ACTOR = Actor.command("issue")
BATCH = 250


@dataclass(frozen=True, slots=True)
class Part:
    """One call: so many cards of one value, under one key."""

    key: str
    value_minor: int
    count: int


@click.command("issue")
@merchant_option
@click.option(
    "--program", "program_words", default=terms.PROMO_PROGRAM, show_default=True, help="By name or id."
)
@click.option("--value", default=None, help="What each card holds, such as 25 or 25.00.")
@click.option("--count", default=None, type=click.IntRange(1, 1_000_000), help="How many, with --value.")
@click.option(
    "--file", "source", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file instead: one card a row, its value in the column `value`.",
)  # fmt: skip
@click.option("--batch", "as_batch", is_flag=True, help="One batch, up to a million; prints no codes.")
@click.option("--skip-bad", is_flag=True, help="With --batch and --file: leave bad rows out.")
@click.option("--key", default=None, help="Start again with the same key to finish what was interrupted.")
@as_json
def issue(
    merchant: str,
    program_words: str,
    value: str | None,
    count: int | None,
    source: Path | None,
    as_batch: bool,
    skip_bad: bool,
    key: str | None,
    as_json: bool,
) -> None:
    """Issue cards of a promotional or direct program and print their codes, or make them as a batch."""
    if (source is None) == (value is None) or (source is not None and count is not None):
        raise click.UsageError("Give either --value, with --count for more than one, or --file.")
    if skip_bad and not (as_batch and source):
        raise click.UsageError("--skip-bad goes with --batch and --file.")
    tenant = merchant_named(merchant)
    program = program_named(tenant, program_words)
    key = key or new_token()
    if as_batch:
        batch = _begun(program, value, count or 1, source, key, skip_bad=skip_bad)
        answer, text = told(worked_off(batch, actor=ACTOR), tenant.locale)
        say({**answer, "key": key}, text, as_json=as_json)
        return
    if source is not None:
        parts = _parts_of_file(source, program, key)
    else:
        parts = _parts_of_count(parse_amount(value or "", program.currency), count or 1, key)
    cards = _issue(program, parts, key)
    if as_json:
        click.echo(json.dumps({"program": program.public_id, "key": key, "cards": cards}))
        return
    for card in cards:
        worth = format_money(Money(int(str(card["value_minor"])), program.currency), tenant.locale)
        click.echo(f"{display(str(card['code']))}  {worth}  {card['id']}")


def _begun(
    program: Program, value: str | None, count: int, source: Path | None, key: str, *, skip_bad: bool
) -> Batch:
    """The batch of this run: of a file a new one, of a count the one that its key began."""
    if source is not None:
        return confirmed_file(program, source, Kind.ISSUE, skip_bad=skip_bad, actor=ACTOR)
    click.echo(f"Key of this run: {key}", err=True)
    value_minor = parse_amount(value or "", program.currency)
    return create_issue(
        program=program, value_minor=value_minor, count=count, key=key, actor=ACTOR, now=now()
    ).batch


def _issue(program: Program, parts: list[Part], key: str) -> list[dict[str, object]]:
    """Work through the parts; progress and the key to resume with go to standard error."""
    made: list[dict[str, object]] = []
    click.echo(f"Key of this run: {key}", err=True)
    with click.progressbar(length=sum(part.count for part in parts), label="Issuing", file=sys.stderr) as bar:
        for part in parts:
            batch = issue_cards(
                program=program,
                value_minor=part.value_minor,
                count=part.count,
                key=part.key,
                actor=ACTOR,
                now=now(),
            )
            made += _shown(batch.cards)
            bar.update(part.count)
    return made


def _shown(cards: list[Card]) -> list[dict[str, object]]:
    codes = reveal_codes(
        merchant_id=cards[0].merchant_id, card_ids=[card.id for card in cards], actor=ACTOR, now=now()
    )
    return [
        {
            "id": card.public_id,
            "code": codes[card.id],
            "last4": card.last4,
            "currency": card.currency,
            "value_minor": card.face_value_minor,
            "expires_at": card.expires_at.isoformat() if card.expires_at else None,
        }
        for card in cards
    ]


def _parts_of_count(value_minor: int, count: int, key: str) -> list[Part]:
    return [Part(f"{key}:{at}", value_minor, min(BATCH, count - at)) for at in range(0, count, BATCH)]


def _parts_of_file(source: Path, program: Program, key: str) -> list[Part]:
    """Every row is read and judged before a card is made. Raises `InvalidAmount` with the rows at fault."""
    parts, errors = [], {}
    for number, text in _values(source):
        try:
            value_minor = parse_amount(text, program.currency)
        except InvalidAmount as error:
            errors[f"row {number}"] = error.detail
            continue
        if not program.min_value_minor <= value_minor <= program.max_value_minor:
            errors[f"row {number}"] = "Cards of this program do not come in that value."
        parts.append(Part(f"{key}:row:{number}", value_minor, 1))
    if errors:
        raise InvalidAmount("Some rows are not valid; no card was made.", errors=errors)
    if not parts:
        raise InvalidAmount("The file has no rows; no card was made.")
    return parts


def _values(source: Path) -> Iterator[tuple[int, str]]:
    with source.open(newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        if "value" not in (rows.fieldnames or []):
            raise InvalidAmount("The file needs a first row with a column named value.")
        for row in rows:
            yield rows.line_num, (row["value"] or "").strip()
