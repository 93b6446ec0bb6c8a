"""Registers the app with Django."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Figures over the other apps."""

    name = "giftwell.domain.reports"
    label = "reports"
