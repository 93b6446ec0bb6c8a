"""Put an authenticator app beside a person's password."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.events import SecondFactorAdded
from giftwell.foundation.identity.models import User
from giftwell.foundation.identity.totp import sealed, step_of
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid, Refused


class CodeIsWrong(Invalid):
    """The code is not the one the app shows now; its clock may be off."""

    code = "code_is_wrong"
    detail = "This is not the code the app shows now. If it is, set the phone's clock to automatic."


class HasAnAppAlready(Refused):
    """Each person has one app; the one they have is removed first, which needs it."""

    code = "has_an_app_already"
    detail = "An authenticator app is set up already."


def add_authenticator_app(*, user: User, secret: str, code: str, now: datetime) -> Authenticator:
    """Keep the secret, encrypted, once a code shows that the app has it; that code is used up by this.

    Raises `CodeIsWrong`, `HasAnAppAlready`.
    """
    step = step_of(secret, code, at=now)
    if step is None:
        raise CodeIsWrong(errors={"code": CodeIsWrong.detail})
    with transaction():
        # Two tabs at once would both find none; the person's row is the queue.
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        if Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists():
            raise HasAnAppAlready
        app = Authenticator.objects.create(
            user=user,
            type=Authenticator.Type.TOTP,
            data={"secret": sealed(secret, user.pk), "step": step},
            created_at=now,
        )
        event = SecondFactorAdded(merchant_id=None, subject=user.public_id, factor="totp")
        record(event, actor=Actor.person(user.id), at=now)
    return app
