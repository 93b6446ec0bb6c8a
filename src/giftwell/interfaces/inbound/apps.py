"""The inbound app."""

from django.apps import AppConfig


class InboundConfig(AppConfig):
    name = "giftwell.interfaces.inbound"
    label = "inbound"
