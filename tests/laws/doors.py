"""The doors of redemption as a test knocks on them: rows in, answers out, on a connection of the runtime
role.

`SetDoor` sends all rows in one call of the set-based functions; `PlainDoor` sends them one by one to the
plain twin of bench/plain. Both answer the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

import psycopg

from giftwell.domain.redemption.fingerprint import fingerprint

PLAIN = sorted((Path(__file__).parents[2] / "bench" / "plain").glob("*.sql"))
KEY = b"key of the tests"
_SPEND = ["uuid", "bytea", "bigint", "text", "text", "bytea", "boolean", "uuid", "text", "text", "text"]
_COLUMNS = {
    "redeem": _SPEND,
    "authorize": [*_SPEND, "integer"],
    "capture": ["uuid", "uuid", "bigint", "text", "bytea", "text", "text"],
    "void": ["uuid", "uuid", "text", "bytea", "text", "text"],
    "refund": ["uuid", "uuid", "bigint", "text", "bytea", "text", "text"],
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One row: an operation and what it names: a code's hash, an authorization or a redemption."""

    operation: str
    merchant_id: UUID
    key: str
    target: bytes | UUID | None
    amount_minor: int | None = None
    currency: str = "EUR"
    partial: bool = False
    location_id: UUID | None = None
    reference: str = ""
    lifetime: int = 3600
    # What the fingerprint is made of, where two rows are to show the same body though they name two things.
    body: tuple[object, ...] = ()

    @property
    def mark(self) -> bytes:
        """The fingerprint that a caller would send."""
        if self.body:
            return b"".join(fingerprint(KEY, "void", {"authorization": str(part)}) for part in self.body)
        spent = {
            "code": self.target, "amount_minor": self.amount_minor, "currency": self.currency,
            "location": self.location_id, "reference": self.reference, "allow_partial": self.partial,
            "expires_in_seconds": self.lifetime, "authorization": self.target, "redemption": self.target,
        }  # fmt: skip
        return fingerprint(KEY, self.operation, spent)

    @property
    def values(self) -> list[Any]:
        """The row, as the operation's function takes it."""
        ends = ["system:tests", "req"]
        match self.operation:
            case "redeem" | "authorize":
                row = [
                    self.merchant_id, self.target, self.amount_minor, self.currency, self.key, self.mark,
                    self.partial, self.location_id, self.reference, *ends,
                ]  # fmt: skip
                return row if self.operation == "redeem" else [*row, self.lifetime]
            case "void":
                return [self.merchant_id, self.target, self.key, self.mark, *ends]
            case _:
                return [self.merchant_id, self.target, self.amount_minor, self.key, self.mark, *ends]


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of a function, its columns in order."""

    idx: int
    outcome: str
    id: UUID | None
    amount_minor: int | None
    balance_minor: int | None
    available_minor: int | None
    currency: str | None
    card_id: UUID | None
    last4: str | None
    of_id: UUID | None
    expires_at: datetime | None
    at: datetime | None
    fingerprint: bytes | None

    FIGURES: ClassVar = (
        "outcome",
        "amount_minor",
        "balance_minor",
        "available_minor",
        "currency",
        "last4",
        "at",
    )

    @property
    def figures(self) -> tuple[Any, ...]:
        """What two implementations must agree on: everything but ids."""
        return tuple(getattr(self, name) for name in self.FIGURES)


@dataclass(slots=True)
class Door:
    """A connection that commits each call."""

    url: str
    connection: psycopg.Connection[Any] = field(init=False)

    def __post_init__(self) -> None:
        self.connection = psycopg.connect(self.url, autocommit=True)
        self.connection.prepare_threshold = 0

    def __enter__(self) -> "Door":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def ask(self, rows: Sequence[Asked], at: datetime) -> list[Told]:
        """Rows of one operation; their answers in order."""
        raise NotImplementedError

    def one(self, row: Asked, at: datetime) -> Told:
        """One row."""
        return self.ask([row], at)[0]


class SetDoor(Door):
    """All rows in one call."""

    def ask(self, rows: Sequence[Asked], at: datetime) -> list[Told]:
        """Rows of one operation; their answers in order."""
        (operation,) = {row.operation for row in rows}
        types = _COLUMNS[operation]
        columns = [list(column) for column in zip(*(row.values for row in rows), strict=True)]
        places = ", ".join(f"%s::{kind}[]" for kind in types)
        sql = f"select * from redemption.{operation}({places}, %s)"
        told = [Told(*row[:13]) for row in self.connection.execute(sql, [*columns, at]).fetchall()]
        assert [one.idx for one in told] == list(range(1, len(rows) + 1))
        return told


class PlainDoor(Door):
    """Row by row, each in a transaction of its own."""

    def ask(self, rows: Sequence[Asked], at: datetime) -> list[Told]:
        """Rows of one operation; their answers in order."""
        answers = []
        for row in rows:
            places = ", ".join(f"%s::{kind}" for kind in _COLUMNS[row.operation])
            sql = f"select * from plain.{row.operation}_one({places}, %s)"
            answers.append(Told(*self.connection.execute(sql, [*row.values, at]).fetchone()))
        return answers


def install_plain(admin_url: str) -> None:
    """Put the plain twin into a test's database."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        for path in PLAIN:
            admin.execute(path.read_bytes())
