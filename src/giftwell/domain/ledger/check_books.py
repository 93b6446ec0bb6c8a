"""Checking all the books (each law, and the chain of blocks) and keeping what was found."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import connection

from giftwell.domain.ledger.models import Block, Check
from giftwell.domain.ledger.verify import Checked, examine
from giftwell.domain.ledger.verify_chain import Finding, verify_chain
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction


@dataclass(frozen=True, slots=True)
class CheckedBooks:
    """What a check found; the ones that hold are there too."""

    laws: list[Checked]
    chain: list[Finding]
    took_ms: int

    @property
    def is_sound(self) -> bool:
        """Whether every law holds and the chain says what was sealed."""
        return not self.chain and all(one.breach is None for one in self.laws)


def check_books(*, timer: Callable[[], float], now: datetime) -> CheckedBooks:
    """Ask every law, read the chain, and keep the answer; runs beside the traffic, for a minute or so.

    `timer` counts seconds. What was sealed is compared in the same run: a change that keeps all laws is found
    by the chain.
    """
    began = timer()
    laws, chain = examine(timer=timer), verify_chain()
    found = CheckedBooks(laws, chain, round((timer() - began) * 1000))
    with scope.platform(), transaction(), connection.cursor() as cursor:
        blocks = Block.objects.order_by("-number").values_list("number", flat=True).first() or 0
        cursor.execute(
            "select ledger.keep_check(%s, %s, %s, %s, %s, %s)",
            [
                now, found.took_ms, found.is_sound, json.dumps([_kept(one) for one in found.laws]),
                json.dumps([asdict(one) for one in found.chain]), blocks,
            ],
        )  # fmt: skip
    return found


def last_checks(limit: int = 1) -> list[Check]:
    """The newest checks, newest first; in the scope of the platform."""
    with scope.platform(), reading():
        return list(Check.objects.order_by("-checked_at", "-id")[:limit])


def _kept(one: Checked) -> dict[str, object]:
    breach = one.breach
    return {
        "law": one.law, "says": one.says, "took_ms": one.took_ms,
        "count": breach.count if breach else 0, "rows": breach.rows if breach else [],
    }  # fmt: skip
