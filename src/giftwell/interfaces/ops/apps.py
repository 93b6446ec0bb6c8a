"""The ops app: templates of the outbox."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    name = "giftwell.interfaces.ops"
    label = "ops"
