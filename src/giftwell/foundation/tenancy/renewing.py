"""Going through a table in small transactions, beside the traffic, to renew what lies encrypted in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Renewed:
    """How many rows were looked at, and how many were renewed (or, where nothing was written, would be)."""

    seen: int
    renewed: int


def renew_rows[M: Model](
    rows: QuerySet[M], stale: Callable[[M], Mapping[str, Any]], *, write: bool
) -> Renewed:
    """Give each row the values that `stale` answers for it by field; an empty answer leaves the row alone.

    Five hundred rows a transaction, in the order of their key: killed in the middle, it has renewed up to
    there, and the next run passes over them. Rows are read before they are locked, and judged again under
    the lock: somebody else may have written one meanwhile. Without `write` they are only counted.
    """
    seen = renewed = 0
    after: Any = None
    with scope.platform():
        while True:
            with reading():
                page = rows.order_by("pk") if after is None else rows.filter(pk__gt=after).order_by("pk")
                found = list(page[:_AT_ONCE])
            wanted = [one.pk for one in found if stale(one)]
            renewed += _write(rows, wanted, stale) if write and wanted else len(wanted)
            seen += len(found)
            if len(found) < _AT_ONCE:
                return Renewed(seen, renewed)
            after = found[-1].pk


def _write[M: Model](rows: QuerySet[M], wanted: list[Any], stale: Callable[[M], Mapping[str, Any]]) -> int:
    with transaction():
        locked = list(rows.filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",), no_key=True))
        changed = 0
        for one in locked:
            values = stale(one)
            if values:
                rows.filter(pk=one.pk).update(**values)
                changed += 1
        return changed
