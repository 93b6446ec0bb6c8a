"""Give a person a role on the platform. Reached by a command on the server and by nothing else."""

from datetime import datetime

from giftwell.foundation.events.record import record
from giftwell.foundation.identity.create_person import create_person
from giftwell.foundation.identity.events import PlatformRoleGiven
from giftwell.foundation.identity.models import PlatformRole, User
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor

PLATFORM_ADMIN = "platform_admin"


def create_admin(
    *,
    email: str,
    name: str,
    password: str | None,
    role: str = PLATFORM_ADMIN,
    actor: Actor,
    now: datetime,
) -> User:
    """Give this person a role on the platform, with a new account or with the one they have.

    Safe to repeat. An existing person keeps name and password: this is no way to take an account over.
    """
    with transaction():
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            user = create_person(
                email=email, name=name, password=password, verified=True, actor=actor, now=now
            )
        _, is_new = PlatformRole.objects.get_or_create(user=user, role=role, defaults={"created_at": now})
        if is_new:
            event = PlatformRoleGiven(merchant_id=None, subject=user.public_id, role=role)
            record(event, actor=actor, at=now)
    return user
