"""Where mail goes.

EMAIL_URL as Django's MAILERS. Without one there is no mailer, and mail stays in the outbox.
"""

from typing import Any
from urllib.parse import unquote, urlsplit

from giftwell.config.environment import BadEnvironment

_TIMEOUT_SECONDS = 20
_SECURITY = {"smtp": "none", "smtp+tls": "starttls", "smtps": "tls"}
_PORTS = {"none": 25, "starttls": 587, "tls": 465}


def mailers(email_url: str) -> dict[str, dict[str, Any]]:
    """Return MAILERS for `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://user:password@host:port`.

    Raises BadEnvironment for any other address.
    """
    if not email_url:
        return {}
    at = urlsplit(email_url)
    security = _SECURITY.get(at.scheme)
    if security is None or not at.hostname:
        raise BadEnvironment(
            "EMAIL_URL: must look like smtps://user:password@host:465, smtp+tls://… or smtp://…"
        )
    options: dict[str, Any] = {
        "host": at.hostname,
        "port": at.port or _PORTS[security],
        "username": unquote(at.username or ""),
        "password": unquote(at.password or ""),
        "use_tls": security == "starttls",
        "use_ssl": security == "tls",
        "timeout": _TIMEOUT_SECONDS,
    }
    return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
