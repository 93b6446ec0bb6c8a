"""App registration of the backoffice."""

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    """Pages of the people who run the platform."""

    name = "giftwell.interfaces.backoffice"
    label = "backoffice"
    verbose_name = "Backoffice"
