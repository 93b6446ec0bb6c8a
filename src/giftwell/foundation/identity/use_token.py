"""Recognise a person by an access token, and end a family whose time is over."""

from datetime import datetime, timedelta

from giftwell.foundation.identity.models import TokenFamily
from giftwell.foundation.identity.tokens import hash_of_access, is_over
from giftwell.foundation.tenancy.transactions import reading, transaction

# Writing down each request would cost a write each; a minute is exact enough for limits of half an hour.
_NOTED_EVERY = timedelta(minutes=1)


def find_token(access: str, *, now: datetime) -> TokenFamily | None:
    """The family whose access token this is, with its person, or nothing.

    Unknown, ended, expired and of somebody who is shut out look the same to a caller.
    """
    hashed = hash_of_access(access)
    if hashed is None:
        return None
    families = TokenFamily.objects.select_related("user")
    with reading():
        return families.filter(access_hash=hashed, access_until__gt=now, user__is_active=True).first()


def use_token(family: TokenFamily, *, role: str, now: datetime) -> bool:
    """Whether the family still lives for somebody in this role; it has been ended where it does not."""
    if is_over(family, role, now=now):
        with transaction():
            TokenFamily.objects.filter(pk=family.pk).delete()
        return False
    if now - family.seen_at >= _NOTED_EVERY:
        with transaction():
            TokenFamily.objects.filter(pk=family.pk).update(seen_at=now)
    return True
