"""Registers the app with Django."""

from django.apps import AppConfig


class BulkConfig(AppConfig):
    """Cards by the million."""

    name = "giftwell.domain.bulk"
    label = "bulk"
