"""`giftwell import-cards`: bring the cards of another system along, or take such an import back."""

from pathlib import Path

import click

from giftwell.domain.bulk.models import Batch, Kind
from giftwell.domain.bulk.reverse_import import reverse_import
from giftwell.domain.catalog import terms
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
from giftwell.kit.ids import parse_id

ACTOR = Actor.command("import-cards")


@click.command("import-cards")
@merchant_option
@click.option(
    "--program", "program_words", default=terms.PROMO_PROGRAM, show_default=True, help="By name or id."
)
@click.option(
    "--file", "source", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV or XLSX, one card a row: code, balance; and as you like currency, expires, reference, status.",
)  # fmt: skip
@click.option(
    "--skip-bad", is_flag=True, help="Leave bad rows out; else one of them keeps all from being made."
)
@click.option("--reverse", "batch_id", default=None, help="Take this import (batch_…) back instead.")
@as_json
def import_cards(
    merchant: str,
    program_words: str,
    source: Path | None,
    skip_bad: bool,
    batch_id: str | None,
    as_json: bool,
) -> None:
    """Bring cards along: they keep their codes, and the merchant owes what is left on them."""
    if (source is None) == (batch_id is None) or (batch_id is not None and skip_bad):
        raise click.UsageError("Give either --file or --reverse.")
    tenant = merchant_named(merchant)
    if source is not None:
        program = program_named(tenant, program_words)
        batch = confirmed_file(program, source, Kind.IMPORT, skip_bad=skip_bad, actor=ACTOR)
    else:
        identity = parse_id(Batch.PREFIX, batch_id or "")
        batch = reverse_import(merchant_id=tenant.id, batch_id=identity, actor=ACTOR, now=now())
    answer, text = told(worked_off(batch, actor=ACTOR), tenant.locale)
    say(answer, text, as_json=as_json)
