"""What adjusting has in common: when it takes two persons, which words it needs, and the posting itself."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from giftwell.domain.cards.caps import check_balance_cap
from giftwell.domain.cards.events import AdjustmentApplied
from giftwell.domain.cards.locking import CardNotFound, locked_card
from giftwell.domain.cards.models import Adjustment, Card, Status
from giftwell.domain.cards.refusals import CardIsClosed, CardIsExpired, CardIsPending
from giftwell.domain.catalog.models import Funding
from giftwell.domain.ledger import chart
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.domain.ledger.balance import balance
from giftwell.domain.ledger.post import Move, post_one
from giftwell.domain.ledger.refusals import InsufficientFunds
from giftwell.foundation.events.record import record
from giftwell.foundation.tenancy import PLATFORM
from giftwell.kit import codes
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid, Refused
from giftwell.kit.money import exponent

REQUEST_LASTS = timedelta(days=7)
REASON_LENGTH = 200
_LIKE_A_CODE = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Za-z]{4}[- ]?){3}[0-9A-Za-z]{5}(?![0-9A-Za-z])")
_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){12,}")


class ReasonIsInvalid(Invalid):
    """An adjustment says why, in words, and never shows a code."""

    code = "reason_is_invalid"
    detail = f"Say why in 3 to {REASON_LENGTH} characters, without the code of a card."


class PayableDoesNotCover(Refused):
    """Value on an escrow card is money: what the merchant adds comes out of what it could be paid."""

    code = "payable_does_not_cover"
    detail = "The shop has not earned that much yet that it could give to a card. Nothing was changed."


class GoodwillNeedsEscrow(Refused):
    """Value that the merchant itself owes is the merchant's to give; the platform backs escrow cards only."""

    code = "goodwill_needs_escrow"
    detail = "The platform gives goodwill on cards whose money it keeps. This card is the merchant's own."


def alone_limit(currency: str) -> int:
    """What one person may adjust alone in a day at a merchant, in minor units.

    It is 50 of the currency, 5,000 where that has no decimals.
    """
    return 50 * 10 ** exponent(currency) if exponent(currency) else 5_000


def takes_two(*, funding: str, source: str, change_minor: int, alone_minor: int, currency: str) -> bool:
    """Whether another person has to approve, given what the actor adjusted alone today (`alone_minor`).

    Always for goodwill, which is the platform's money, and for what is taken from a card that somebody paid
    for into escrow, which is the holder's.
    """
    if source == Adjustment.Source.GOODWILL or (funding == Funding.ESCROW and change_minor < 0):
        return True
    return alone_minor + abs(change_minor) > alone_limit(currency)


def checked_reason(text: str) -> str:
    """The reason, trimmed. Raises `ReasonIsInvalid`."""
    reason = text.strip()
    is_sound = 3 <= len(reason) <= REASON_LENGTH and reason.isprintable()
    if not is_sound or _LONG_NUMBER.search(reason) or _shows_a_code(reason):
        raise ReasonIsInvalid(errors={"reason": ReasonIsInvalid.detail})
    return reason


def _shows_a_code(text: str) -> bool:
    return any(codes.is_well_formed(codes.normalize(found.group())) for found in _LIKE_A_CODE.finditer(text))


def card_to_adjust(merchant_id: UUID, card_id: UUID, now: datetime) -> tuple[Card, int]:
    """The card, locked with the merchant's `payable` in one order, and that account's id.

    Raises `CardNotFound`, `CardIsPending`, `CardIsClosed`, `CardIsExpired`; a frozen card can be adjusted.
    """
    currency = (
        Card.objects.filter(merchant_id=merchant_id, id=card_id).values_list("currency", flat=True).first()
    )
    if currency is None:
        raise CardNotFound
    (payable,) = open_accounts([AccountSpec(merchant_id, "payable", currency)])
    card = locked_card(merchant_id, card_id, now, also=[payable])
    if card.status == Status.PENDING:
        raise CardIsPending
    if card.status == Status.CLOSED:
        raise CardIsClosed
    if card.expires_at is not None and card.expires_at <= now:
        raise CardIsExpired
    return card, payable


def apply(adjustment: Adjustment, card: Card, payable: int, *, actor: Actor, now: datetime) -> None:
    """Post an adjustment on its locked card and record that it is applied. Writes nothing into its row.

    Raises `ExceedsMaxBalance`, `PayableDoesNotCover`, `InsufficientFunds`, `GoodwillNeedsEscrow`.
    """
    change = adjustment.change_minor
    if change > 0:
        held = balance(card.merchant_id, card.account_id, now=now)
        check_balance_cap(card.program, held.balance_minor + change)
    other = _other_account(adjustment, card, payable)
    move = Move(
        merchant_id=card.merchant_id,
        kind=chart.PostingKind.ADJUSTMENT,
        currency=card.currency,
        cause=f"adjust:{adjustment.id}",
        legs=chart.adjust(card=card.account_id, other=other, change_minor=change),
        actor=str(actor),
        subject=payable if other == payable and change > 0 else card.account_id,
    )
    try:
        post_one(move, now=now)
    except InsufficientFunds:
        if change > 0:
            raise PayableDoesNotCover from None
        raise
    event = AdjustmentApplied(
        merchant_id=card.merchant_id,
        subject=card.public_id,
        adjustment=adjustment.public_id,
        source=adjustment.source,
        change_minor=change,
        balance_minor=balance(card.merchant_id, card.account_id, now=now).balance_minor,
        currency=card.currency,
    )
    record(event, actor=actor, at=now, changes={"reason": adjustment.reason})


def _other_account(adjustment: Adjustment, card: Card, payable: int) -> int:
    issued = card.program.issued_account_id
    if adjustment.source == Adjustment.Source.GOODWILL:
        if issued is not None:
            raise GoodwillNeedsEscrow
        (goodwill,) = open_accounts([AccountSpec(PLATFORM, "goodwill", card.currency)])
        return goodwill
    return payable if issued is None else issued
