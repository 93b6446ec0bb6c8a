"""What allauth's passkeys ask of us: for which site they are, and what a new one is called."""

from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _

from giftwell.foundation.identity.totp import ISSUER


class PasskeyAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Passkeys belong to the platform's own address, and not to what a request claims as host."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site: our own host, or localhost where somebody tries things out on one machine."""
        asked = context.request.get_host().partition(":")[0]
        host = asked if asked == "localhost" else urlsplit(settings.BASE_URL).hostname or ""
        return {"id": host, "name": ISSUER}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002 allauth names it
        """A name for a passkey that was given none."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def encrypt(self, text: str) -> str:
        """Never: the secrets of apps are sealed by `identity.totp`, bound to their person."""
        raise NotImplementedError

    def decrypt(self, encrypted_text: str) -> str:
        """Never, as above."""
        raise NotImplementedError

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Ours are sent where the event is heard (`heard.py`)."""
