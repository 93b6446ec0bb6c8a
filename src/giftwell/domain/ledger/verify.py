"""The laws of money over the whole database: each app's `verify.sql`, found beside the app, statement by
statement.

A statement answers the rows that break one law. It is read by this module and run by whoever operates the
platform; it changes nothing. Where a law is slow to ask, a screen stands before it: one pass that notices
whatever the laws behind it would, for many of them at once. They are asked only where it noticed something.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection

from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading

MOST_ROWS = 20
_HEADING = re.compile(
    r"^-- (?:law (?P<law>\d+)(?: \(behind (?P<behind>[\w, ]+)\))?"
    r"|screen (?P<screen>\w+) \(law (?P<of>\d+)\)): (?P<says>.+(?:\n-- .+)*)$",
    re.MULTILINE,
)
# Sums over everything, once a night: they may have memory, and compiling them costs more than it saves.
_SETTINGS = """
set local statement_timeout = 0; set local work_mem = '256MB'; set local hash_mem_multiplier = 2;
set local jit = off
"""


@dataclass(frozen=True, slots=True)
class Law:
    """One thing that must hold, and the statement that answers the rows for which it does not.

    `screen` is its name where it is a screen, `behind` those of the screens that stand before it.
    """

    number: int
    says: str
    sql: str
    screen: str = ""
    behind: frozenset[str] = frozenset()

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


@dataclass(frozen=True, slots=True)
class Checked:
    """A law that was asked, or answered for by its screen; `breach` where it does not hold."""

    law: int
    says: str
    took_ms: int
    breach: Breach | None


def laws(of: Collection[str] | None = None) -> Iterator[Law]:
    """Every law that an installed app (or those with these labels) has written down, the floors in order."""
    return (law for law in _statements(of) if not law.screen)


def verify(of: Collection[str] | None = None, *, thorough: bool = False) -> list[Breach]:
    """Check every law (or those of the apps with these labels) over all merchants; an empty list is
    soundness.

    `thorough` asks each law itself, whatever its screen says. Each statement sees one snapshot, so it may run
    beside the traffic. Needs no lock and no scope of the caller's.
    """
    return [one.breach for one in examine(of, thorough=thorough) if one.breach]


def examine(
    of: Collection[str] | None = None, *, thorough: bool = False, timer: Callable[[], float] = lambda: 0.0
) -> list[Checked]:
    """As `verify`, with the laws that hold too, and how long each took by `timer` (seconds)."""
    found: list[Checked] = []
    silent: set[str] = set()
    doubted: dict[str, Checked] = {}
    with scope.platform():
        for law in _statements(of):
            if law.behind and law.behind <= silent:
                found.append(Checked(law.number, law.says, 0, None))
                continue
            if law.screen and thorough:
                continue
            began = timer()
            breach = _ask(law)
            checked = Checked(law.number, law.says, round((timer() - began) * 1000), breach)
            if law.screen and breach is None:
                silent.add(law.screen)
            if law.screen and breach is not None:
                doubted[law.screen] = checked
                continue
            if breach is not None:
                doubted = {name: one for name, one in doubted.items() if name not in law.behind}
            found.append(checked)
    # What a screen noticed and no law behind it explains is a breach all the same.
    return [*found, *doubted.values()]


def _ask(law: Law) -> Breach | None:
    with reading(), connection.cursor() as cursor:
        cursor.execute(_SETTINGS)
        cursor.execute(law.counted)
        rows = cursor.fetchall()
    if not rows:
        return None
    return Breach(law.number, law.says, rows[0][1], [json.loads(text) for text, _ in rows])


def _statements(of: Collection[str] | None) -> Iterator[Law]:
    for app in apps.get_app_configs():
        path = Path(app.path) / "verify.sql"
        if path.exists() and (of is None or app.label in of):
            yield from _laws_in(path.read_text())


def _laws_in(text: str) -> Iterator[Law]:
    headings = list(_HEADING.finditer(text))
    ends = [*(heading.start() for heading in headings[1:]), len(text)]
    for heading, end in zip(headings, ends, strict=True):
        sql = text[heading.end() : end].strip().rstrip(";")
        number = int(heading["law"] or heading["of"])
        yield Law(
            number,
            heading["says"].replace("\n-- ", " "),
            sql,
            heading["screen"] or "",
            frozenset((heading["behind"] or "").split(", ")) - {""},
        )
