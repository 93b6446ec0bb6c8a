"""Reading the audit: rows newest first, by what somebody looks for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from giftwell.foundation.audit.models import AuditRow

# How far an id's own time may lie from the time that its row says.
_SLACK = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; nothing set finds everything.

    An action that ends in a point stands for all that begin so.
    """

    action: str = ""
    actor: str = ""
    subject: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None


def audit_rows(wanted: Wanted, *, merchant_id: UUID | None = None) -> QuerySet[AuditRow]:
    """The rows, newest first, of one merchant or of all in scope. `until` is not included.

    The order is that of the ids, which are in the order of time: there is no other index.
    """
    rows = AuditRow.objects.order_by("-id")
    if merchant_id is not None:
        rows = rows.filter(merchant_id=merchant_id)
    if wanted.action.endswith("."):
        rows = rows.filter(action__startswith=wanted.action)
    elif wanted.action:
        rows = rows.filter(action=wanted.action)
    for name in ("actor", "subject", "outcome"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.since:
        rows = rows.filter(id__gte=_id_at(wanted.since - _SLACK), at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(id__lt=_id_at(wanted.until + _SLACK), at__lt=wanted.until)
    return rows


def _id_at(moment: datetime) -> UUID:
    """The lowest id that a row of this moment could have."""
    return UUID(int=max(int(moment.timestamp() * 1000), 0) << 80)
