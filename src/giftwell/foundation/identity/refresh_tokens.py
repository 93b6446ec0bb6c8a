"""Change a refresh token for a new pair. It works once; shown again, it ends its family."""

from datetime import datetime

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import TokenReused
from giftwell.foundation.identity.models import TokenFamily
from giftwell.foundation.identity.tokens import (
    Shown,
    Tokens,
    fresh_tokens,
    handle_of,
    hash_of_access,
    is_over,
    shown,
)
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import DomainError, Forbidden, Refused


class TokenIsUnknown(Forbidden):
    """Never made, of a family that has ended, or of somebody who is shut out: never told apart."""

    code = "token_is_unknown"
    detail = "This refresh token does not work. Sign in again."


class TokenWasUsed(Forbidden):
    """Two have the same token, and one of them is not who they say: nobody keeps it."""

    code = "token_was_used"
    detail = "This refresh token was used before, so its whole family has ended. Sign in again."


class RefreshedMeanwhile(Refused):
    """Another request with the same token was there at the same moment, and came first."""

    code = "refreshed_meanwhile"
    detail = "Another request is refreshing with this token. Use what it was answered; this one is spent."


def refresh_tokens(*, refresh: str, now: datetime) -> Tokens:
    """A new pair for a refresh token; the pair before ends with it.

    Raises `TokenIsUnknown`; `TokenWasUsed`, having ended the family; `RefreshedMeanwhile` when the token
    still worked as the call began and did not when its turn came. That one gets nothing either, and whoever
    shows the token once more ends the family.
    """
    seen = shown(refresh)
    with transaction():
        found = TokenFamily.objects.filter(handle_hash=seen.handle_hash).first()
        if found is None:
            raise TokenIsUnknown
        worked = bytes(found.refresh_hash) == seen.refresh_hash
        # The race: of any number that saw the token work, the first to hold the row makes the next pair. The
        # others wait here, and read under the lock that it does not work any more.
        rows = TokenFamily.objects.select_for_update(of=("self",), no_key=True).select_related("user")
        family = rows.filter(pk=found.pk).first()
        refusal = TokenIsUnknown() if family is None else _refusal(family, seen, worked=worked, now=now)
        if family is not None and refusal is None:
            return _renew(family, handle_of(refresh), now)
    # Raised when what has ended is committed.
    assert refusal is not None
    raise refusal


def _refusal(family: TokenFamily, seen: Shown, *, worked: bool, now: datetime) -> DomainError | None:
    if bytes(family.refresh_hash) != seen.refresh_hash:
        if worked:
            return RefreshedMeanwhile()
        family.delete()
        event = TokenReused(merchant_id=None, subject=family.user.public_id)
        record(event, actor=Actor.anonymous(), at=now)
        return TokenWasUsed()
    if not family.user.is_active or is_over(family, "person", now=now):
        family.delete()
        return TokenIsUnknown()
    return None


def _renew(family: TokenFamily, handle: str, now: datetime) -> Tokens:
    tokens = fresh_tokens(handle=handle, now=now)
    family.refresh_hash = shown(tokens.refresh).refresh_hash
    family.access_hash = hash_of_access(tokens.access) or b""
    family.access_until, family.seen_at = tokens.access_until, now
    family.save(update_fields=["refresh_hash", "access_hash", "access_until", "seen_at"])
    return tokens
