"""Registers the app with Django."""

from django.apps import AppConfig


class CardsConfig(AppConfig):
    """Gift cards and their life."""

    name = "giftwell.domain.cards"
    label = "cards"
