"""The link of a gift, and the finder behind it."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection

from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.errors import NotFound
from giftwell.kit.links import link_hash, link_token, looks_like_token

PURPOSE = "gift"
_FIND = "select merchant_id, gift_id from delivery.find_gift(%s)"


class UnknownGift(NotFound):
    """No gift behind this link, or no longer."""

    code = "unknown_gift"
    detail = "There is no gift behind this link."


@dataclass(frozen=True, slots=True)
class FoundGift:
    """Whose gift it is, and which; nothing else leaves the finder."""

    merchant_id: UUID
    gift_id: UUID


def gift_token(gift_id: UUID, version: int) -> str:
    """The token in the gift's address. Whoever has it can spend the card: it goes to its recipient only."""
    return link_token(settings.LOOKUP_KEYS["token"], PURPOSE, gift_id, version)


def gift_token_hash(token: str) -> bytes:
    """What the gift keeps of its token."""
    return link_hash(settings.LOOKUP_KEYS["token"], PURPOSE, token)


def gift_link(gift_id: UUID, version: int) -> str:
    """The whole address, for the mail and for a buyer who hands it over."""
    return f"{settings.BASE_URL}/gift/{gift_token(gift_id, version)}/"


def find_gift(*, token: str) -> FoundGift:
    """The gift behind a link. Works in any scope; raises UnknownGift, the same for a wrong token and an odd
    one.
    """
    if not looks_like_token(token):
        raise UnknownGift
    with reading(), connection.cursor() as cursor:
        cursor.execute(_FIND, [gift_token_hash(token)])
        row = cursor.fetchone()
    if row is None:
        raise UnknownGift
    return FoundGift(merchant_id=row[0], gift_id=row[1])
