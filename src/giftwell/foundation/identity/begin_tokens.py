"""Give tokens to the program of somebody who has just shown who they are."""

from datetime import datetime

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import PersonSignedIn
from giftwell.foundation.identity.models import Device, TokenFamily, User
from giftwell.foundation.identity.tokens import Tokens, fresh_tokens, hash_of_access, shown
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class ChangedMeanwhile(Refused):
    """What was shown a moment ago opens the account no more."""

    code = "changed_meanwhile"
    detail = "The password of this account has just changed. Sign in with the new one."


def begin_tokens(*, user: User, device: Device, has_second_factor: bool, now: datetime) -> Tokens:
    """Begin a family of tokens on `device`, which has none yet.

    `has_second_factor` says whether one was shown; roles that ask for it are shut to the family otherwise.
    Raises `ChangedMeanwhile`.
    """
    tokens = fresh_tokens(now=now)
    keys = shown(tokens.refresh)
    with transaction():
        # A new password takes this lock and ends all families: one begun with the old password must not come
        # after it.
        kept = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        if kept.password != user.password or not kept.is_active:
            raise ChangedMeanwhile
        TokenFamily.objects.create(
            user=user,
            device=device,
            has_second_factor=has_second_factor,
            handle_hash=keys.handle_hash,
            refresh_hash=keys.refresh_hash,
            access_hash=hash_of_access(tokens.access),
            access_until=tokens.access_until,
            began_at=now,
            seen_at=now,
        )
        event = PersonSignedIn(merchant_id=None, subject=user.public_id)
        record(event, actor=Actor.person(user.pk), at=now)
    return tokens
