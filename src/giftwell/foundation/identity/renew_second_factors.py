"""Encrypting the secrets of authenticator apps anew, under the key that is now the first one."""

import base64
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings

from giftwell.foundation.identity.totp import opened, sealed
from giftwell.foundation.tenancy.renewing import Renewed, renew_rows
from giftwell.kit.crypto import is_current


def renew_second_factors(*, write: bool) -> Renewed:
    """Renew every secret that lies under an older key. Raises `CannotDecrypt` for one whose key is gone."""
    rows = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    return renew_rows(rows, _stale, write=write)


def _stale(app: Authenticator) -> dict[str, Any]:
    kept = app.data["secret"]
    if is_current(settings.KEYRINGS["second_factors"], base64.b64decode(kept)):
        return {}
    return {"data": {**app.data, "secret": sealed(opened(kept, app.user_id), app.user_id)}}
