"""Encrypting messages and kept mails anew, under the key that is now the first one."""

from django.conf import settings

from giftwell.foundation.messaging.models import Message, OutboxMail
from giftwell.foundation.messaging.sealing import seal, unseal
from giftwell.foundation.tenancy.renewing import Renewed, renew_rows
from giftwell.kit.crypto import is_current


def renew_messages(*, write: bool) -> Renewed:
    """Renew what lies under an older key. Raises `CannotDecrypt` for one whose key is gone."""
    mine = Message.objects.only("id", "recipient_encrypted", "context_encrypted")
    kept = OutboxMail.objects.only("id", "message_id", "sealed")
    found = renew_rows(mine, _stale_message, write=write)
    mails = renew_rows(kept, _stale_mail, write=write)
    return Renewed(found.seen + mails.seen, found.renewed + mails.renewed)


def _stale_message(message: Message) -> dict[str, bytes]:
    ring = settings.KEYRINGS["messages"]
    values = {}
    for place in ("recipient", "context"):
        blob = getattr(message, f"{place}_encrypted")
        if blob is not None and not is_current(ring, bytes(blob)):
            values[f"{place}_encrypted"] = seal(place, message.id, unseal(place, message.id, blob))
    return values


def _stale_mail(mail: OutboxMail) -> dict[str, bytes]:
    if is_current(settings.KEYRINGS["messages"], bytes(mail.sealed)):
        return {}
    return {"sealed": seal("outbox", mail.message_id, unseal("outbox", mail.message_id, mail.sealed))}
