"""Cards by the clock: the end of their validity, and the days before it.

Neither decides anything: a card is not spendable from its instant on, whenever this runs.
"""

from giftwell.domain.cards.expire_cards import AT_ONCE, expire_due
from giftwell.domain.cards.remind_of_expiry import remind_of_expiry
from giftwell.interfaces.jobs.ticking import tick
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now


@tick("cards.expire", "*/10 * * * *")
def expire_cards() -> None:
    """Take what is left off the cards whose validity is over; part by part, so that a stop loses nothing."""
    while expire_due(actor=Actor.system("cards.expire"), now=now()) == AT_ONCE:
        pass


@tick("cards.remind", "7 * * * *")
def remind() -> None:
    """Tell of cards that end in a month, and in a week."""
    while remind_of_expiry(actor=Actor.system("cards.remind"), now=now()):
        pass
