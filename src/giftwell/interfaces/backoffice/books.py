"""How the books stand: what the last check found of each law and of the chain, and how far that has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from giftwell.domain.ledger.check_books import last_checks
from giftwell.domain.ledger.proof import newest_blocks
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.pages import PageRequest, platform_page

_SHOWN = 14


@dataclass(frozen=True, slots=True)
class LawLine:
    """One law with what is checked of it; `count` rows break it."""

    number: int
    statements: list[str]
    count: int
    rows: list[str]

    @property
    def state(self) -> str:
        """The word that its badge shows."""
        return "broken" if self.count else "holds"


@require_safe
@platform_page(Permission.PLATFORM_VIEW)
def books(request: PageRequest) -> HttpResponse:
    """The last check, law by law; the checks before it in a line each; the newest block."""
    checks = last_checks(_SHOWN)
    last = checks[0] if checks else None
    context = {
        "place": "books",
        "last": last,
        "took_seconds": round(last.took_ms / 1000, 1) if last else None,
        "laws": _lines(last.laws) if last else [],
        "earlier": checks[1:],
        "newest": next(iter(newest_blocks(limit=1)), None),
    }
    return render(request, "backoffice/books.html", context)


def _lines(found: Iterable[dict[str, Any]]) -> list[LawLine]:
    by_law: dict[int, list[dict[str, Any]]] = {}
    for one in found:
        by_law.setdefault(one["law"], []).append(one)
    return [
        LawLine(
            number=number,
            statements=[one["says"] for one in by_law[number]],
            count=sum(one["count"] for one in by_law[number]),
            rows=[_told(row) for one in by_law[number] for row in one["rows"]][:5],
        )
        for number in sorted(by_law)
    ]


def _told(row: dict[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in row.items())
