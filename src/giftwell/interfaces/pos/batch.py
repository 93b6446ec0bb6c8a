"""Up to 500 operations in one request.

An answer for each, in their order, and none fails its neighbours.

Operations of one kind that stand together travel in one call, so a batch of redemptions is one
statement; a change of kind begins the next call, which keeps their order exact.
"""

from itertools import groupby
from typing import Any

import msgspec

from giftwell.interfaces.common.entrance import idempotency_key
from giftwell.interfaces.common.problems import problem_of
from giftwell.interfaces.pos.bodies import BatchOperation, RawBatch, decoder, faults
from giftwell.interfaces.pos.database import Database
from giftwell.interfaces.pos.http import decode
from giftwell.interfaces.pos.operations import OPERATIONS, Asked, Operation, Row
from giftwell.kit.errors import DomainError, Invalid


class Result(msgspec.Struct, omit_defaults=True, kw_only=True, gc=False):
    """What became of one operation: `answer` where it was carried out, else `problem`."""

    status: int
    idempotency_key: str | None = None
    replayed: bool = False
    answer: Any = None
    problem: Any = None


class Results(msgspec.Struct, gc=False):
    """The results in the order of the operations."""

    results: list[Result]


_RAW = decoder(RawBatch)
_ONE = decoder(BatchOperation)


def read_batch(body: bytes) -> list[msgspec.Raw]:
    """The operations of a batch, unread.

    Raises Malformed or Invalid for what is wrong with the batch itself.
    """
    operations: list[msgspec.Raw] = decode(_RAW, body, faults).operations
    return operations


async def carry_batch(raw: list[msgspec.Raw], asked: Asked, database: Database) -> Results:
    """Carry out the operations; refusals stand in their places."""
    results: list[Result | None] = [None] * len(raw)
    sound: list[tuple[int, str, Operation, Row]] = []
    for place, one in enumerate(raw):
        key: str | None = None
        try:
            body = decode(_ONE, bytes(one), faults)
            operation = OPERATIONS[body.__struct_config__.tag]
            key = getattr(body, "idempotency_key", None)
            if operation.print_at >= 0:
                idempotency_key(key)
            target = getattr(body, "authorization", "")
            row = operation.row(msgspec.structs.replace(asked, key=key or "", target=target), body)
        except DomainError as error:
            results[place] = _refused(error, key, asked.request_id)
        else:
            sound.append((place, key or "", operation, row))
    for operation, group in groupby(sound, key=lambda one: one[2]):
        together = list(group)
        # What waits for a card is waited for before the next kind begins, which keeps the order exact.
        records = await database.carry_out(operation.sql, [row for _, _, _, row in together])
        for (place, key, _, row), record in zip(together, records, strict=True):
            results[place] = _result(operation, key, row, record, asked.request_id)
    return Results([result or _lost(asked.request_id) for result in results])


def _result(operation: Operation, key: str, row: Row, record: Any, request_id: str) -> Result:
    try:
        if isinstance(record, DomainError):
            raise record
        answer, is_replay = operation.judge(row, record)
    except DomainError as error:
        return _refused(error, key or None, request_id)
    return Result(status=operation.status, idempotency_key=key or None, replayed=is_replay, answer=answer)


def _refused(error: DomainError, key: str | None, request_id: str) -> Result:
    problem = problem_of(error, request_id=request_id)
    return Result(status=problem["status"], idempotency_key=key, problem=problem)


def _lost(request_id: str) -> Result:  # pragma: no cover - every place is filled above
    return _refused(Invalid(), None, request_id)
