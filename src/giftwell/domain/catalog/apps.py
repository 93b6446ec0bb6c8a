"""Registers the app with Django."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The catalogue: brands, designs, programs, products."""

    name = "giftwell.domain.catalog"
    label = "catalog"
