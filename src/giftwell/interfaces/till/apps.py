"""The till app."""

from django.apps import AppConfig


class TillConfig(AppConfig):
    name = "giftwell.interfaces.till"
    label = "till"
