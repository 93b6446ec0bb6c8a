"""Take one second factor off a person, by themselves."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import SecondFactorRemoved
from giftwell.foundation.identity.models import BackupCode, User
from giftwell.foundation.identity.second_factor import has_second_factor
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import NotFound


class FactorIsUnknown(NotFound):
    """The person has no such second factor."""

    code = "factor_is_unknown"
    detail = "There is no such app or passkey."


def remove_second_factor(*, user: User, factor_id: int, now: datetime) -> None:
    """Remove an app or a passkey; with the last one go the backup codes. Raises `FactorIsUnknown`."""
    with transaction():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        factor = Authenticator.objects.filter(pk=factor_id, user_id=user.pk).first()
        if factor is None:
            raise FactorIsUnknown
        kind = str(factor.type)
        factor.delete()
        if not has_second_factor(user):
            BackupCode.objects.filter(user=user).delete()
        event = SecondFactorRemoved(merchant_id=None, subject=user.public_id, factor=kind)
        record(event, actor=Actor.person(user.id), at=now)
