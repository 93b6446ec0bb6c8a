"""Put more onto a card without a payment: the merchant gives it, or was paid for it itself."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.caps import take_from_day
from giftwell.domain.cards.events import CardLoaded
from giftwell.domain.cards.given_value import given_legs
from giftwell.domain.cards.issue_cards import ProgramNeedsPayment
from giftwell.domain.cards.loading import Loaded, check_load, loaded_by, tell_load
from giftwell.domain.cards.locking import locked_card
from giftwell.domain.cards.models import Card
from giftwell.domain.cards.moving import cause_of, check_open
from giftwell.domain.ledger import chart
from giftwell.domain.ledger.balance import balance
from giftwell.domain.ledger.models import Posting
from giftwell.domain.ledger.post import Move, post_new
from giftwell.domain.ledger.refusals import WrongCurrency
from giftwell.foundation.idempotency.once import once
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.kit.actor import Actor
from giftwell.kit.ids import parse_id, public_id
from giftwell.kit.money import Money

OPERATION = "load"


def load_card(
    *, merchant_id: UUID, card_id: UUID, amount: Money, key: str, actor: Actor, now: datetime
) -> Loaded:
    """Add `amount` to an active card of a promo or direct program; the same `key` adds it once.

    Of a direct card, which the merchant was paid for itself, it owes the platform the commission. The card
    lasts at least as long from now as a new one would. Raises `ProgramNeedsPayment` (escrow is loaded by an
    order: `place_top_up`), `CardNotFound`, `CardIsPending`, `CardIsFrozen`, `CardIsClosed`, `CardIsExpired`,
    `WrongCurrency`, `ValueIsOutOfBounds`, `ExceedsMaxBalance`, `ExceedsIssueLimit`, `MerchantIsSuspended`,
    and what a key is refused for.
    """
    fields = {"card": str(card_id), "amount_minor": amount.amount_minor, "currency": amount.currency}
    subject = public_id(Card.PREFIX, card_id)
    with (
        refusals_noted(CardLoaded.TYPE, merchant_id=merchant_id, subject=subject, actor=actor, now=now),
        scope.merchant(merchant_id),
        once(merchant_id=merchant_id, operation=OPERATION, key=key, fields=fields, now=now) as effect,
    ):
        if effect.is_replay:
            posting = Posting.objects.get(
                merchant_id=merchant_id, id=parse_id(Posting.PREFIX, effect.resource)
            )
            return loaded_by(card_id, posting, is_replay=True)
        card = locked_card(merchant_id, card_id, now)
        _check(card, amount, now)
        loaded = _add(card, amount, cause=cause_of(key), actor=actor, now=now)
        effect.resource = loaded.public_id
    return loaded


def _check(card: Card, amount: Money, now: datetime) -> None:
    check_open(card, now)
    if card.program.needs_payment:
        raise ProgramNeedsPayment
    if not card.merchant.is_active:
        raise MerchantIsSuspended
    if amount.currency != card.currency:
        raise WrongCurrency(errors={"currency": f"This card is in {card.currency}."})
    check_load(card, amount.amount_minor, balance(card.merchant_id, card.account_id, now=now).balance_minor)
    take_from_day(card.program, card.merchant, amount.amount_minor, now)


def _add(card: Card, amount: Money, *, cause: str, actor: Actor, now: datetime) -> Loaded:
    move = Move(
        merchant_id=card.merchant_id,
        kind=chart.PostingKind.LOAD,
        currency=card.currency,
        cause=cause,
        legs=given_legs(card.program, [(card.account_id, amount.amount_minor)])[0],
        actor=str(actor),
        subject=card.account_id,
    )
    answer = post_new(move, now=now)
    assert answer.posting_id is not None
    return tell_load(card, answer.posting_id, actor=actor, now=now)
