"""What batches look like over REST: as they are told, and what begins and decides them."""

from datetime import datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, StrictBool, StrictInt

from giftwell.domain.bulk.limits import MOST_ROWS
from giftwell.domain.bulk.models import Batch
from giftwell.domain.catalog.models import Design, Program
from giftwell.interfaces.api.shapes import Amount, AmountOut, Body, Identifier, Text
from giftwell.interfaces.common.paging import DEFAULT_LIMIT, MAX_LIMIT
from giftwell.kit.ids import public_id


class BatchOut(Schema):
    """A batch: how far it is, and what it made."""

    id: str = Field(examples=["batch_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    kind: Literal["issue", "import"]
    stage: Literal[
        "checking", "unreadable", "checked", "running", "complete", "undoing", "cancelled", "reversed"
    ] = Field(description="A `checked` file waits for its confirmation; nothing was issued of it.")
    program: str
    design: str | None
    file_name: str | None
    reason: str | None = Field(description="Why the file could not be read, or the batch not be finished.")
    rows: int = Field(description="Of the file, without its heading.")
    bad_rows: int
    weak_codes: int = Field(description="Imported codes that somebody patient could guess.")
    cards: int = Field(description="How many there are to be.")
    cards_made: int
    cards_taken_back: int
    cards_left: int = Field(description="Were used before they could be taken back, and stay.")
    worth: AmountOut = Field(description="Of all cards that there are to be.")
    created_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None


class RowProblemOut(Schema):
    """What is wrong with a row, and what to do about it."""

    row: int = Field(examples=[3])
    field: str = Field(examples=["value"])
    detail: str


class CountIn(Body):
    """So many cards that are all alike."""

    program: Identifier
    value: Amount
    count: StrictInt = Field(ge=1, le=MOST_ROWS, examples=[5000])
    design: Identifier | None = None


class FileQuery(Schema):
    """What the file is of."""

    model_config = ConfigDict(extra="forbid")

    program: Identifier
    design: Identifier | None = None
    name: Text = Field("file", min_length=1, max_length=120, description="What to call it.")


class ConfirmationIn(Body):
    """Whether bad rows are left out; else one of them keeps the whole file from being issued."""

    skip_bad: StrictBool = False


class BatchQuery(Schema):
    """Which page of the list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    cursor: Text | None = Field(None, max_length=64)


def batch_out(batch: Batch) -> dict[str, Any]:
    """A batch as the API tells it."""
    return {
        "id": batch.public_id,
        "kind": batch.kind,
        "stage": batch.stage,
        "program": public_id(Program.PREFIX, batch.program_id),
        "design": public_id(Design.PREFIX, batch.design_id) if batch.design_id else None,
        "file_name": batch.file_name or None,
        "reason": batch.reason or None,
        "rows": batch.rows_total,
        "bad_rows": batch.rows_bad,
        "weak_codes": batch.rows_weak,
        "cards": batch.cards_wanted,
        "cards_made": batch.cards_done,
        "cards_taken_back": batch.cards_undone,
        "cards_left": batch.cards_left,
        "worth": {"amount_minor": batch.wanted_minor, "currency": batch.currency},
        "created_at": batch.created_at,
        "begun_at": batch.begun_at,
        "ended_at": batch.ended_at,
    }
