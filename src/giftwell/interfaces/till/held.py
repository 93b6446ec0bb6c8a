"""The card on the counter: its code in the session, encrypted, for at most ten minutes.

The verbs take a code, and a page must not carry one: so the code is posted once and kept here. The
ciphertext is bound to the merchant, the person and the card, and its end is inside it, so moving or
prolonging it does not work.
"""

import base64
import json
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.conf import settings

from giftwell.interfaces.common.pages import PageRequest
from giftwell.kit.crypto import CannotDecrypt, decrypt, encrypt

HELD_FOR = timedelta(minutes=10)
MOST_HELD = 4
_SESSION_KEY = "till_cards"


def hold(request: PageRequest, card_id: UUID, code: str, *, now: datetime) -> None:
    """Keep the code of a card that was just scanned. Only the last few are kept: a counter has one
    customer.
    """
    until = int((now + HELD_FOR).timestamp())
    plaintext = json.dumps([code, until]).encode()
    blob = encrypt(settings.KEYRINGS["credentials"], plaintext, _bound(request, card_id))
    others = {key: value for key, value in _held(request).items() if key != card_id.hex}
    newest = dict(list(others.items())[-(MOST_HELD - 1) :])
    request.session[_SESSION_KEY] = {**newest, card_id.hex: base64.b64encode(blob).decode()}


def held_code(request: PageRequest, card_id: UUID, *, now: datetime) -> str | None:
    """The code of a card that lies on the counter, or None once it was put away or its ten minutes are
    over.
    """
    text = _held(request).get(card_id.hex)
    if text is None:
        return None
    try:
        plaintext = decrypt(
            settings.KEYRINGS["credentials"], base64.b64decode(text), _bound(request, card_id)
        )
    except CannotDecrypt:
        return None
    code, until = json.loads(plaintext)
    return cast("str", code) if now.timestamp() < until else None


def put_away(request: PageRequest, card_id: UUID) -> None:
    """Forget the code: the customer has paid, or another card is wanted."""
    left = {key: value for key, value in _held(request).items() if key != card_id.hex}
    request.session[_SESSION_KEY] = left


def _held(request: PageRequest) -> dict[str, str]:
    return cast("dict[str, str]", request.session.get(_SESSION_KEY, {}))


def _bound(request: PageRequest, card_id: UUID) -> bytes:
    return b"till-card" + request.merchant.id.bytes + request.user.pk.bytes + card_id.bytes
