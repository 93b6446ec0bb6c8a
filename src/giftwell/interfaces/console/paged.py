"""Lists by cursor: the rows, and where the older ones begin, with the filter kept in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from giftwell.interfaces.common.paging import page_of


@dataclass(frozen=True, slots=True)
class Shown[M: Model]:
    """One page of rows. `first` leads back to the newest, `older` on; empty where there is no such page."""

    rows: Sequence[M]
    first: str
    older: str


def shown_page[M: Model](request: HttpRequest, rows: QuerySet[M], *, at: str, limit: int = 25) -> Shown[M]:
    """The page that the address asks for. Raises `CursorIsInvalid`. Call it inside `reading()`."""
    cursor = request.GET.get("cursor", "")
    page = page_of(rows, cursor=cursor or None, limit=limit, at=at)
    kept = {name: value for name, value in request.GET.items() if name != "cursor" and value}
    return Shown(
        rows=page.rows,
        first="?" + urlencode(kept) if cursor else "",
        older="?" + urlencode({**kept, "cursor": page.next_cursor}) if page.next_cursor else "",
    )
