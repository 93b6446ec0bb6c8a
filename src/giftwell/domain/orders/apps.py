"""Registers the app with Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders of gift cards."""

    name = "giftwell.domain.orders"
    label = "orders"
