"""Tell before a card's validity ends: events, for whoever reacts to them."""

from datetime import datetime
from itertools import pairwise

from django.db import connection

from giftwell.foundation.audit.attempts import current_request_id
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor

DAYS_BEFORE = (30, 7)
AT_ONCE = 500


def remind_of_expiry(*, actor: Actor, now: datetime, at_most: int = AT_ONCE) -> int:
    """Record `card.expires_soon` for active cards with value on them, 30 and 7 days before their end.

    Once each. Answers how many cards it looked at, at most `at_most` for each of the two: call it again until
    it answers nothing. In the platform's scope. A card that ends sooner than a reminder's days when it begins
    gets the nearer one only, and so does every card when the sweeps have not run for a while.
    """
    looked = 0
    with scope.platform():
        for days, nearer in pairwise((*DAYS_BEFORE, 0)):
            with transaction(), connection.cursor() as cursor:
                cursor.execute(
                    "select cards.tell_expiring(%s, %s, %s, %s, %s, %s)",
                    [days, nearer, str(actor), current_request_id(), now, at_most],
                )
                (told,) = cursor.fetchone()
            looked += int(told)
    return looked
