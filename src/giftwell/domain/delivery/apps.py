"""Registers the app with Django."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """Gifts and their way to recipients."""

    name = "giftwell.domain.delivery"
    label = "delivery"
