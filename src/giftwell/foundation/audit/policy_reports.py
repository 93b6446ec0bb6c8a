"""What browsers reported of the content policy: once a day for each page, directive and blocked origin."""

from datetime import datetime

from django.db import connection

from giftwell.foundation.audit.models import PolicyReport
from giftwell.foundation.tenancy.transactions import reading, transaction

# By hand: whoever may add a row need not be able to read it.
_INSERT = """
insert into audit_policyreport (day, page, directive, blocked, first_at) values (%s, %s, %s, %s, %s)
on conflict do nothing
"""


def note_policy_report(*, page: str, directive: str, blocked: str, now: datetime) -> None:
    """Keep that on `page` (an address's name) `directive` stopped `blocked` (an origin), once a day."""
    with transaction(), connection.cursor() as cursor:
        cursor.execute(_INSERT, [now.date(), page, directive, blocked, now])


def newest_policy_reports(*, limit: int) -> list[PolicyReport]:
    """The newest reports, at most `limit`; none outside the platform's scope."""
    with reading():
        return list(PolicyReport.objects.order_by("-first_at")[:limit])
