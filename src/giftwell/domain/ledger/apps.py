"""Registers the app with Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Accounts, postings and holds."""

    name = "giftwell.domain.ledger"
    label = "ledger"
