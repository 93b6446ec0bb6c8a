"""Issue cards without a payment: the merchant gives them away, or owes their value itself."""

from dataclasses import dataclass
from datetime import datetime

from giftwell.domain.cards.activate_card import activated
from giftwell.domain.cards.attempts import refusals_noted
from giftwell.domain.cards.caps import take_from_day
from giftwell.domain.cards.codes import make_code
from giftwell.domain.cards.expiry import expires_at
from giftwell.domain.cards.given_value import given_legs
from giftwell.domain.cards.models import Card, Status
from giftwell.domain.cards.prepare_card import check_face, issued
from giftwell.domain.catalog.models import Design, Program
from giftwell.domain.ledger import chart
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.domain.ledger.post import Move, post
from giftwell.foundation.events.record import record_many
from giftwell.foundation.idempotency.once import once
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Invalid, Refused
from giftwell.kit.ids import new_id, parse_id

MOST_AT_ONCE = 1000


class ProgramNeedsPayment(Refused):
    """Value that nobody paid for must never become payable: escrow issues against a payment only."""

    code = "program_needs_payment"
    detail = "Cards of this program are sold, not given away. Use a promotional program."


class CountIsInvalid(Invalid):
    """Too few or too many cards for one call."""

    code = "count_is_invalid"
    detail = f"Between 1 and {MOST_AT_ONCE} cards can be issued at once."


@dataclass(frozen=True, slots=True)
class Batch:
    """The cards of one call, in order; `replayed` where an earlier call with the key made them."""

    cards: list[Card]
    replayed: bool


def issue_cards(
    *,
    program: Program,
    value_minor: int,
    key: str,
    actor: Actor,
    now: datetime,
    count: int = 1,
    design: Design | None = None,
) -> Batch:
    """Issue `count` active cards of a promo or direct program, each with a code to `reveal_codes` of.

    A direct card is one that the merchant was paid for itself: it owes the platform the commission on its
    value. `key` makes the call safe to repeat: the same key and arguments give the same cards for ever.
    Raises `ProgramNeedsPayment`, `ValueIsOutOfBounds`, `FaceIsForeign`, `CountIsInvalid`,
    `ExceedsIssueLimit`, `MerchantIsSuspended`, and what a key is refused for (`KeyConflict`, `KeyInUse`,
    `InvalidKey`); each leaves a line in the audit.
    """
    with refusals_noted(
        "card.issued", merchant_id=program.merchant_id, subject=program.public_id, actor=actor, now=now
    ):
        return _issue(program, value_minor, key, count, design, actor, now)


def _issue(
    program: Program,
    value_minor: int,
    key: str,
    count: int,
    design: Design | None,
    actor: Actor,
    now: datetime,
) -> Batch:
    if program.needs_payment:
        raise ProgramNeedsPayment
    if not 1 <= count <= MOST_AT_ONCE:
        raise CountIsInvalid(errors={"count": CountIsInvalid.detail})
    check_face(program, value_minor, None, design)
    merchant_id = program.merchant_id
    fields = {
        "program": str(program.id),
        "value_minor": value_minor,
        "count": count,
        "design": str(design.id) if design else None,
    }
    with (
        scope.merchant(merchant_id),
        once(merchant_id=merchant_id, operation="issue_cards", key=key, fields=fields, now=now) as effect,
    ):
        if effect.is_replay:
            return Batch(_cards_with(effect.resource, program), replayed=True)
        merchant = Merchant.objects.get(id=merchant_id)
        if not merchant.is_active:
            raise MerchantIsSuspended
        take_from_day(program, merchant, value_minor * count, now)
        ends_at = expires_at(now, program, merchant)
        cards = _make(program, [value_minor] * count, design, ends_at, now)
        effect.resource = cards[0].public_id
        _load(program, cards, actor, now)
        events = (event for card in cards for event in (issued(card, program), activated(card)))
        record_many(events, actor=actor, at=now)
    return Batch(cards, replayed=False)


def _cards_with(first: str, program: Program) -> list[Card]:
    """The whole batch of the card that a key remembers."""
    mine = Card.objects.filter(merchant_id=program.merchant_id)
    batch_id = mine.filter(id=parse_id(Card.PREFIX, first)).values("batch_id")
    return list(mine.filter(batch_id=batch_id[:1]).order_by("id"))


def _make(
    program: Program, values: list[int], design: Design | None, ends_at: datetime | None, now: datetime
) -> list[Card]:
    """Open the accounts and insert the cards, each kind of row in one statement."""
    merchant_id, currency, batch_id = program.merchant_id, program.currency, new_id()
    ids = sorted(new_id() for _ in values)
    accounts = open_accounts(
        [
            AccountSpec(merchant_id=merchant_id, kind="card", currency=currency, subject=str(card_id))
            for card_id in ids
        ]
    )
    cards = []
    for card_id, account_id, value_minor in zip(ids, accounts, values, strict=True):
        kept = make_code(merchant_id, card_id)
        card = Card(
            id=card_id,
            merchant_id=merchant_id,
            program=program,
            design=design,
            account_id=account_id,
            code_hash=kept.code_hash,
            code_encrypted=kept.code_encrypted,
            last4=kept.last4,
            status=Status.ACTIVE,
            currency=currency,
            face_value_minor=value_minor,
            expires_at=ends_at,
            batch_id=batch_id,
            issued_at=now,
            activated_at=now,
        )
        cards.append(card)
    return Card.objects.bulk_create(cards, batch_size=500)


def _load(program: Program, cards: list[Card], actor: Actor, now: datetime) -> None:
    """Put the face value on every card, in one posting each and one call for all."""
    legs = given_legs(program, [(card.account_id, card.face_value_minor) for card in cards])
    moves = [
        Move(
            merchant_id=card.merchant_id,
            kind=chart.PostingKind.ISSUE,
            currency=card.currency,
            cause=f"issue:{card.id}",
            legs=of_card,
            actor=str(actor),
            subject=card.account_id,
        )
        for card, of_card in zip(cards, legs, strict=True)
    ]
    for answer in post(moves, now=now):
        if not answer.is_effective:
            raise RuntimeError(f"a new card could not be loaded: {answer.outcome}")
