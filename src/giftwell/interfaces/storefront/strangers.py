"""What may be bought by somebody we know nothing of: up to a limit, anything.

Above it the buyer is somebody who signed in, and nobody signs in before their address was verified.
"""

from uuid import UUID

from django.utils.translation import gettext as _

from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.kit.errors import Refused
from giftwell.kit.money import Money, exponent

# In whole units of each currency; elsewhere the number for currencies of about a euro's size, which is safe
# where it is too low: signing in lifts it.
_LIMITS = {"JPY": 80_000, "INR": 45_000, "SEK": 5_000, "NOK": 5_000, "DKK": 3_500, "PLN": 2_000, "KWD": 150}
_ELSEWHERE = 500


class SignInToBuyThis(Refused):
    """A card of this value is not sold to a stranger."""

    code = "sign_in_to_buy_this"
    detail = "Sign in, or make an account, to buy a card of this value."


def limit_of(currency: str) -> Money:
    """The most a stranger may put on one card, in this currency."""
    return Money(_LIMITS.get(currency, _ELSEWHERE) * 10 ** exponent(currency), currency)


def refuse_a_stranger(person: UUID | None, value: Money) -> None:
    """Let everything pass for somebody who is signed in. Raises `SignInToBuyThis`."""
    limit = limit_of(value.currency)
    if person is None and value > limit:
        raise SignInToBuyThis(
            _(
                "Cards above %(limit)s are sold to people whose address we have verified. Sign in or make an "
                "account in another window, then send this again: nothing that you typed is lost."
            )
            % {"limit": money_text(limit)}
        )
