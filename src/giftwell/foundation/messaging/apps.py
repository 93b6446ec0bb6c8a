"""The messaging app."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "giftwell.foundation.messaging"
    label = "messaging"
