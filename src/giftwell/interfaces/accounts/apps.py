"""App registration of accounts; starts hearing allauth's signals."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Sign-up and sign-in."""

    name = "giftwell.interfaces.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Connect the one file that hears third-party signals."""
        from giftwell.interfaces.accounts import heard

        heard.connect()
