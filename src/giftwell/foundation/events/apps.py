"""The events app."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "giftwell.foundation.events"
    label = "events"
