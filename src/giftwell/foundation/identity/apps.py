"""App registration of identity."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """People, memberships, API keys."""

    name = "giftwell.foundation.identity"
    label = "identity"
    verbose_name = "People and keys"
