"""Batches: many cards at once, by a count or a file; and the cards of another system, brought along.

Codes of a batch are not answered here: they leave once, encrypted, to a person whom somebody names in the
console.
"""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Status

from giftwell.domain.bulk.cancel_batch import cancel_batch
from giftwell.domain.bulk.confirm_batch import confirm_batch
from giftwell.domain.bulk.create_issue import create_issue
from giftwell.domain.bulk.limits import MOST_FILE_BYTES
from giftwell.domain.bulk.models import Batch, Kind
from giftwell.domain.bulk.queries import batches_of, find_batch
from giftwell.domain.bulk.reverse_import import reverse_import
from giftwell.domain.bulk.upload_batch import upload_batch
from giftwell.domain.catalog.find_design import find_design
from giftwell.domain.catalog.find_program import find_program
from giftwell.domain.catalog.models import Design, Program
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.answers import effect
from giftwell.interfaces.api.batch_shapes import (
    BatchOut,
    BatchQuery,
    ConfirmationIn,
    CountIn,
    FileQuery,
    RowProblemOut,
    batch_out,
)
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.keys import require
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import ListOut
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.entrance import TooLarge, UnsupportedMediaType
from giftwell.interfaces.common.paging import page_of
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id
from giftwell.kit.money import CurrencyMismatch

router = Router()

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILES = ("text/csv", _XLSX)
_PIECE_BYTES = 256 * 1024


@endpoint(router, "GET", "/batches", needs=ApiScope.CARDS_READ, answers=ListOut[BatchOut])
def list_batches(request: ApiRequest, query: Query[BatchQuery]) -> Any:
    """The merchant's batches, newest first."""
    with reading():
        page = page_of(
            batches_of(request.merchant_id), cursor=query.cursor, limit=query.limit, at="created_at"
        )
    return {"data": [batch_out(batch) for batch in page.rows], "next_cursor": page.next_cursor or None}


# Before the address with an id, which these would be taken for.
@endpoint(
    router, "POST", "/batches/file", needs=ApiScope.CARDS_WRITE, answers=BatchOut, status=201,
    problems=(404, 409), files=_FILES,
)  # fmt: skip
def upload_issue(request: ApiRequest, query: Query[FileQuery]) -> Status:
    """Send a file with a row a card, to be checked; nothing is issued before it is confirmed.

    Columns: `value` or `value_minor`, `currency`, `expires`, `reference`.
    """
    return _upload(request, query, Kind.ISSUE)


@endpoint(
    router, "POST", "/batches/import", needs=ApiScope.CARDS_IMPORT, answers=BatchOut, status=201,
    problems=(404, 409), files=_FILES,
)  # fmt: skip
def upload_import(request: ApiRequest, query: Query[FileQuery]) -> Status:
    """Send a file of cards that another system made, to be checked; they keep their codes.

    Columns: `code`, `balance` or `balance_minor`, `currency`, `expires`, `reference`, `status`.
    """
    return _upload(request, query, Kind.IMPORT)


@endpoint(router, "GET", "/batches/{batch_id}", needs=ApiScope.CARDS_READ, answers=BatchOut, problems=(404,))
def get_batch(request: ApiRequest, batch_id: str, response: HttpResponse) -> Any:
    """One batch. Ask again while it is `checking`, `running` or `undoing`."""
    response["Cache-Control"] = "no-store"
    return batch_out(_found(request, batch_id))


@endpoint(
    router, "GET", "/batches/{batch_id}/problems", needs=ApiScope.CARDS_READ, answers=ListOut[RowProblemOut],
    problems=(404,),
)  # fmt: skip
def list_problems(request: ApiRequest, batch_id: str) -> Any:
    """What is wrong with rows of its file, in their order: the first thousand."""
    batch = _found(request, batch_id)
    with reading():
        found = list(batch.problems.order_by("row", "id"))
    return {"data": [{"row": one.row, "field": one.field, "detail": one.says} for one in found]}


@endpoint(
    router, "POST", "/batches", needs=ApiScope.CARDS_WRITE, answers=BatchOut, status=201, problems=(404, 409),
    keyed=True,
)  # fmt: skip
def issue_many(request: ApiRequest, body: CountIn, response: HttpResponse) -> Status:
    """Begin to issue many cards that are all alike, of a promotional or direct program."""
    program, design = _program_and_design(request, body.program, body.design)
    if body.value.currency != program.currency:
        raise CurrencyMismatch(errors={"value.currency": f"Cards of this program are in {program.currency}."})
    made = create_issue(
        program=program,
        value_minor=body.value.amount_minor,
        count=body.count,
        design=design,
        key=request.idempotency_key,
        actor=request.actor,
        now=now(),
    )
    return effect(response, batch_out(made.batch), replayed=made.replayed)


@endpoint(
    router, "PUT", "/batches/{batch_id}/confirmation", needs=ApiScope.CARDS_WRITE, answers=BatchOut,
    problems=(404, 409),
)  # fmt: skip
def confirm(request: ApiRequest, batch_id: str, body: ConfirmationIn) -> Any:
    """Let the cards of a checked file be made. Sent again, it changes nothing."""
    batch = _mine(request, batch_id)
    confirm_batch(
        merchant_id=batch.merchant_id,
        batch_id=batch.id,
        skip_bad=body.skip_bad,
        actor=request.actor,
        now=now(),
    )
    return batch_out(_found(request, batch_id))


@endpoint(
    router, "PUT", "/batches/{batch_id}/cancellation", needs=ApiScope.CARDS_WRITE, answers=BatchOut,
    problems=(404, 409),
)  # fmt: skip
def cancel(request: ApiRequest, batch_id: str) -> Any:
    """Put a file aside, or stop a batch at work: what was made of it is taken back."""
    batch = _mine(request, batch_id)
    cancel_batch(merchant_id=batch.merchant_id, batch_id=batch.id, actor=request.actor, now=now())
    return batch_out(_found(request, batch_id))


@endpoint(
    router, "PUT", "/batches/{batch_id}/reversal", needs=ApiScope.CARDS_IMPORT, answers=BatchOut,
    problems=(404, 409),
)  # fmt: skip
def reverse(request: ApiRequest, batch_id: str) -> Any:
    """Take a complete import back: cards that nobody used are closed, the others stay."""
    batch = _found(request, batch_id)
    reverse_import(merchant_id=batch.merchant_id, batch_id=batch.id, actor=request.actor, now=now())
    return batch_out(_found(request, batch_id))


def _upload(request: ApiRequest, query: FileQuery, kind: Kind) -> Status:
    if request.content_type not in _FILES:
        raise UnsupportedMediaType(f"Send the file itself, as {' or '.join(_FILES)}.")
    program, design = _program_and_design(request, query.program, query.design)
    batch = upload_batch(
        kind=kind,
        program=program,
        design=design,
        file_name=query.name,
        content=_pieces(request),
        actor=request.actor,
        now=now(),
    )
    return Status(201, batch_out(batch))


def _pieces(request: ApiRequest) -> Iterator[bytes]:
    """The body as it arrives. Raises `TooLarge` for one that says that it is longer than any file."""
    if int(request.headers.get("Content-Length") or 0) > MOST_FILE_BYTES:
        raise TooLarge
    while piece := request.read(_PIECE_BYTES):
        yield piece


def _program_and_design(
    request: ApiRequest, program: str, design: str | None
) -> tuple[Program, Design | None]:
    with reading():
        return (
            find_program(request.merchant_id, parse_id(Program.PREFIX, program)),
            find_design(request.merchant_id, parse_id(Design.PREFIX, design)) if design else None,
        )


def _found(request: ApiRequest, batch_id: str) -> Batch:
    with reading():
        return find_batch(request.merchant_id, parse_id(Batch.PREFIX, batch_id))


def _mine(request: ApiRequest, batch_id: str) -> Batch:
    """The batch; an import needs the scope of imports as well."""
    batch = _found(request, batch_id)
    if batch.kind == Kind.IMPORT:
        require(request, ApiScope.CARDS_IMPORT)
    return batch
