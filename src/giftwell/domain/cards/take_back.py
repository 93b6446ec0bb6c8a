"""Take the untouched cards of a batch back: close them, and give their value back to the merchant."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from giftwell.domain.cards.issue_load import Origin, receivable_of
from giftwell.foundation.audit.attempts import current_request_id
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor

_TAKE = "select seen, taken, amount_minor, last from cards.take_back(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)"


@dataclass(frozen=True, slots=True)
class Taken:
    """How many cards were looked at and taken, what those held, and after which the next call goes on."""

    seen: int
    taken: int
    amount_minor: int
    last: UUID | None


@dataclass(frozen=True, slots=True)
class Owed:
    """The rates of the commission that was owed for the cards; none for value given away or brought along."""

    bps: int = 0
    fixed_minor: int = 0


def take_back(
    *, origin: Origin, after: UUID, at_most: int, owed: Owed = Owed(), actor: Actor, now: datetime
) -> Taken:
    """Close the untouched ones among the next `at_most` cards of the batch behind the id `after`.

    Untouched is an active card with its whole face value and no hold. Every other one stays as it is. Safe to
    repeat: a card that is closed is not taken again.
    """
    program = origin.program
    with scope.merchant(program.merchant_id), transaction(), connection.cursor() as cursor:
        receivable = receivable_of(program) if owed != Owed() else None
        cursor.execute(
            _TAKE,
            [
                program.merchant_id, origin.batch_id, origin.batch, after, at_most, receivable, owed.bps,
                owed.fixed_minor, str(actor), current_request_id(), now,
            ],
        )  # fmt: skip
        return Taken(*cursor.fetchone())
