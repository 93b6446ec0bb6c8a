"""Registers the app with Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Payments, gateways and the sandbox processor."""

    name = "giftwell.domain.payments"
    label = "payments"
