"""Batches from the command line: a file is checked and confirmed, and the work is watched as it goes.

The command works itself and does not wait for a worker; where one is at the same batch, each load is still
made once.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from giftwell.domain.bulk.cancel_batch import cancel_batch
from giftwell.domain.bulk.check_batch import check_batch
from giftwell.domain.bulk.confirm_batch import confirm_batch
from giftwell.domain.bulk.models import Batch, Kind, Stage
from giftwell.domain.bulk.refusals import FileIsUnreadable
from giftwell.domain.bulk.run_batch import run_batch
from giftwell.domain.bulk.undo_batch import undo_batch
from giftwell.domain.bulk.upload_batch import upload_batch
from giftwell.domain.catalog.models import Program
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from giftwell.kit.money import Money, format_money

_PIECE_BYTES = 1024 * 1024
_MOST_TOLD = 20


def confirmed_file(program: Program, source: Path, kind: Kind, *, skip_bad: bool, actor: Actor) -> Batch:
    """Send, check and confirm a file; what is wrong with its rows goes to standard error.

    Raises `FileIsUnreadable`, `BatchHasBadRows` and what a confirmation is refused for; then nothing of the
    file is kept.
    """
    merchant_id = program.merchant_id
    batch_id = upload_batch(
        kind=kind, program=program, file_name=source.name, content=_pieces(source), actor=actor, now=now()
    ).id
    batch = check_batch(merchant_id=merchant_id, batch_id=batch_id, actor=actor, now=now())
    if batch.stage == Stage.UNREADABLE:
        raise FileIsUnreadable(batch.reason)
    _tell_problems(batch)
    try:
        return confirm_batch(
            merchant_id=merchant_id, batch_id=batch_id, skip_bad=skip_bad, actor=actor, now=now()
        )
    except DomainError:
        cancel_batch(merchant_id=merchant_id, batch_id=batch_id, actor=actor, now=now())
        raise


def worked_off(batch: Batch, *, actor: Actor) -> Batch:
    """Make, or take back, what is still missing of a batch that began, with a bar on standard error."""
    is_undoing = batch.stage == Stage.UNDOING
    length = batch.cards_done if is_undoing else batch.cards_wanted
    with click.progressbar(length=length, label=batch.public_id, file=sys.stderr) as bar:

        def seen(now_at: Batch) -> None:
            done = now_at.cards_undone + now_at.cards_left if is_undoing else now_at.cards_done
            bar.update(done - bar.pos)

        work = undo_batch if is_undoing else run_batch
        return work(
            merchant_id=batch.merchant_id, batch_id=batch.id, actor=actor, now=now(), on_progress=seen
        )


def told(batch: Batch, locale: str) -> tuple[dict[str, object], str]:
    """A batch for a script, and for a person."""
    answer: dict[str, object] = {
        "batch": batch.public_id,
        "stage": batch.stage,
        "cards": batch.cards_done,
        "bad_rows": batch.rows_bad,
        "amount_minor": batch.done_minor,
        "currency": batch.currency,
    }
    worth = format_money(Money(batch.done_minor, batch.currency), locale)
    text = f"{batch.public_id} is {batch.stage}: {batch.cards_done} cards, {worth}"
    if batch.cards_undone or batch.cards_left:
        answer |= {"taken_back": batch.cards_undone, "left": batch.cards_left}
        text += f"; {batch.cards_undone} taken back, {batch.cards_left} in use stayed"
    return answer, text


def _tell_problems(batch: Batch) -> None:
    with scope.merchant(batch.merchant_id), reading():
        problems = list(batch.problems.order_by("row", "id")[:_MOST_TOLD])
    for one in problems:
        click.echo(f"row {one.row}, {one.field}: {one.says}", err=True)
    if batch.rows_bad > len(problems):
        click.echo(f"{batch.rows_bad} rows are not good.", err=True)


def _pieces(source: Path) -> Iterator[bytes]:
    with source.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece
