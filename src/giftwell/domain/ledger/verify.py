"""The laws of money over the whole database: each app's `verify.sql`, found beside the app, statement by
statement.

A statement answers the rows that break one law. It is read by this module and run by whoever operates the
platform; it changes nothing.
"""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection

from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading

MOST_ROWS = 20
_HEADING = re.compile(r"^-- law (?P<number>\d+): (?P<says>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Law:
    """One thing that must hold, and the statement that answers the rows for which it does not."""

    number: int
    says: str
    sql: str

    @property
    def counted(self) -> str:
        """The statement with its rows as JSON, counted, and the first of them. Made of our own file, no
        value.

        Materialized: planned for its first few rows only, a law that is kept would be searched by nested
        loops.
        """
        return (
            f"with breach as materialized ({self.sql}) "  # noqa: S608
            f"select to_jsonb(breach)::text, count(*) over () from breach limit {MOST_ROWS}"
        )


@dataclass(frozen=True, slots=True)
class Breach:
    """A law that does not hold: how many rows break it, and the first of them."""

    law: int
    says: str
    count: int
    rows: list[dict[str, Any]]


def laws(of: Collection[str] | None = None) -> Iterator[Law]:
    """Every law that an installed app (or those with these labels) has written down, the floors in order."""
    for app in apps.get_app_configs():
        path = Path(app.path) / "verify.sql"
        if path.exists() and (of is None or app.label in of):
            yield from _laws_in(path.read_text())


def verify(of: Collection[str] | None = None) -> list[Breach]:
    """Check every law (or those of the apps with these labels) over all merchants; an empty list is
    soundness.

    Each statement sees one snapshot, so it may run beside the traffic. Needs no lock and no scope of the
    caller's.
    """
    breaches = []
    with scope.platform():
        for law in laws(of):
            with reading(), connection.cursor() as cursor:
                cursor.execute("set local statement_timeout = 0")
                cursor.execute(law.counted)
                rows = cursor.fetchall()
            if rows:
                found = [json.loads(text) for text, _ in rows]
                breaches.append(Breach(law.number, law.says, rows[0][1], found))
    return breaches


def _laws_in(text: str) -> Iterator[Law]:
    parts = _HEADING.split(text)
    for number, says, sql in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        yield Law(int(number), says, sql.strip().rstrip(";"))
