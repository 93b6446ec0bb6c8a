"""Open a card beside an existing one: the same program, design and holder, a code of its own, no value yet.

Replacing, splitting and refunds to closed cards all end in such a card. It is active at once, so whoever
opens it moves its value onto it in the same transaction.
"""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.activate_card import activated
from giftwell.domain.cards.codes import make_code
from giftwell.domain.cards.models import Card, Status
from giftwell.domain.cards.prepare_card import issued
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.foundation.events.record import record_many
from giftwell.kit.actor import Actor
from giftwell.kit.ids import new_id


def open_successor(
    original: Card,
    *,
    value_minor: int,
    expires_at: datetime | None,
    actor: Actor,
    now: datetime,
    replaces: bool,
    batch_id: UUID | None = None,
) -> Card:
    """Open an active card beside `original`, which the caller has locked (`locked_card`), in its transaction.

    `value_minor` is the face value: what the caller puts on it next, above zero. `expires_at` (null: never)
    counts only where it is later than the original's own: a promise made is not shortened. With `replaces`
    the card carries the lost one on, which may happen once; without, it is a part split off, and the parts of
    one split share a `batch_id`. Raises nothing of its own: the caller has judged the original.
    """
    card_id = new_id()
    (account_id,) = open_accounts(
        [
            AccountSpec(
                merchant_id=original.merchant_id,
                kind="card",
                currency=original.currency,
                subject=str(card_id),
            )
        ]
    )
    kept = make_code(original.merchant_id, card_id)
    card = Card.objects.create(
        id=card_id,
        merchant_id=original.merchant_id,
        program=original.program,
        product_id=original.product_id,
        design_id=original.design_id,
        account_id=account_id,
        code_hash=kept.code_hash,
        code_encrypted=kept.code_encrypted,
        last4=kept.last4,
        status=Status.ACTIVE,
        currency=original.currency,
        face_value_minor=value_minor,
        expires_at=later(original.expires_at, expires_at),
        replaces=original if replaces else None,
        split_from=None if replaces else original,
        batch_id=batch_id,
        holder_id=original.holder_id,
        issued_at=now,
        activated_at=now,
    )
    record_many((issued(card, original.program), activated(card)), actor=actor, at=now)
    return card


def later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two ends of validity, where null is never."""
    return None if one is None or other is None else max(one, other)
