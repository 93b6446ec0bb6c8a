"""Registers the app with Django."""

from django.apps import AppConfig


class RedemptionConfig(AppConfig):
    """Redemptions, authorizations and refunds."""

    name = "giftwell.domain.redemption"
    label = "redemption"
