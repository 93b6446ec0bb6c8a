"""Judge a one-time code or a backup code; whichever it is, it works once."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.backup_codes import hash_of_code, plain
from giftwell.foundation.identity.events import SecondFactorUsed
from giftwell.foundation.identity.models import BackupCode, User
from giftwell.foundation.identity.take_try import take_try
from giftwell.foundation.identity.totp import opened, step_of
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor

APP, BACKUP = "totp", "backup_code"


def redeem_code(*, user: User, code: str, device: bytes | None = None, now: datetime) -> str | None:
    """Which factor this code is of (`totp`, `backup_code`), or None for a wrong one and for one too many.

    The try is taken at the door where passwords are tried, so a stranger has five for all of it together. A
    right code does not give the tries back: whoever got all the way in does.
    """
    if not take_try(email=user.email, device=device, now=now):
        return None
    with transaction():
        used = APP if _is_of_app(user, plain(code), now) else None
        used = used or (BACKUP if _is_backup(user, code, now) else None)
        if used:
            event = SecondFactorUsed(merchant_id=None, subject=user.public_id, factor=used)
            record(event, actor=Actor.person(user.id), at=now)
    return used


def _is_of_app(user: User, code: str, now: datetime) -> bool:
    app = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
    if app is None:
        return False
    step = step_of(opened(app.data["secret"], user.pk), code, at=now)
    if step is None:
        return False
    # The condition is judged again under the row's lock: of one code sent twice at once, one gets in, and no
    # code of this step or an earlier one ever again.
    later = Authenticator.objects.filter(pk=app.pk, data__step__lt=step)
    return bool(later.update(data={**app.data, "step": step}, last_used_at=now))


def _is_backup(user: User, code: str, now: datetime) -> bool:
    unused = BackupCode.objects.filter(user=user, code_hash=hash_of_code(user.pk, code), used_at__isnull=True)
    return bool(unused.update(used_at=now))
