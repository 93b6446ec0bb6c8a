"""App registration of the wallet."""

from django.apps import AppConfig


class WalletConfig(AppConfig):
    """The pages of a person's own cards and orders."""

    name = "giftwell.interfaces.wallet"
    label = "wallet"
    verbose_name = "Wallet"
