"""The idempotency app."""

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "giftwell.foundation.idempotency"
    label = "idempotency"
