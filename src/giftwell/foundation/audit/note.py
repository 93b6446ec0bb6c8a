"""Write down that something was looked at or taken away, which changes nothing and so is no event."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from giftwell.foundation.audit.attempts import current_request_id
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.ids import new_id

_INSERT = """
insert into audit_auditrow
    (id, merchant_id, action, outcome, reason, subject, actor, changes, request_id, at)
values (%s, %s, %s, 'done', '', %s, %s, %s::jsonb, %s, %s)
"""


def note_seen(
    action: str, *, actor: Actor, subject: str, merchant_id: UUID | None, at: datetime, what: dict[str, Any]
) -> None:
    """Add an audit row saying that `actor` was shown or given `subject`; `what` says which part of it.

    A transaction of its own, in the scope in force.
    """
    with transaction(), connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [new_id(), merchant_id, action, subject, str(actor), json.dumps(what), current_request_id(), at],
        )
