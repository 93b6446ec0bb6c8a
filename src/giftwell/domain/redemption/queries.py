"""Reads of what was redeemed, set aside and given back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from giftwell.domain.ledger.models import Hold, Posting
from giftwell.domain.redemption.models import Authorization, Redemption, Refund
from giftwell.domain.redemption.refusals import AuthorizationNotFound, RedemptionNotFound
from giftwell.domain.redemption.reverse import LONGEST
from giftwell.kit.errors import NotFound


class RefundNotFound(NotFound):
    """No refund of this merchant has that id."""

    code = "refund_not_found"
    detail = "There is no such refund."


@dataclass(frozen=True, slots=True)
class Held:
    """What became of an authorization by an instant: `live`, `captured`, `voided` or `lapsed`, what captures
    took of it, and what it still holds.
    """

    state: str
    captured_minor: int
    held_minor: int


def redemptions_of(merchant_id: UUID) -> QuerySet[Redemption]:
    """A merchant's redemptions, newest first."""
    return Redemption.objects.filter(merchant_id=merchant_id).order_by("-redeemed_at", "-id")


def find_redemption(merchant_id: UUID, redemption_id: UUID) -> Redemption:
    """One redemption of this merchant. Raises `RedemptionNotFound`."""
    found = redemptions_of(merchant_id).filter(id=redemption_id).first()
    if found is None:
        raise RedemptionNotFound
    return found


def authorizations_of(merchant_id: UUID) -> QuerySet[Authorization]:
    """A merchant's authorizations, newest first."""
    return Authorization.objects.filter(merchant_id=merchant_id).order_by("-authorized_at", "-id")


def find_authorization(merchant_id: UUID, authorization_id: UUID) -> Authorization:
    """One authorization of this merchant. Raises `AuthorizationNotFound`."""
    found = authorizations_of(merchant_id).filter(id=authorization_id).first()
    if found is None:
        raise AuthorizationNotFound
    return found


def refunds_of(merchant_id: UUID) -> QuerySet[Refund]:
    """A merchant's refunds to cards, newest first."""
    return Refund.objects.filter(merchant_id=merchant_id).order_by("-refunded_at", "-id")


def find_refund(merchant_id: UUID, refund_id: UUID) -> Refund:
    """One refund of this merchant. Raises `RefundNotFound`."""
    found = refunds_of(merchant_id).filter(id=refund_id).first()
    if found is None:
        raise RefundNotFound
    return found


def key_of(merchant_id: UUID, made_id: UUID) -> str:
    """The idempotency key under which a redemption, authorization or refund was made: what reverses it."""
    return Posting.objects.get(merchant_id=merchant_id, id=made_id).cause.removeprefix("key:")


def can_reverse(made: Redemption | Refund, *, now: datetime) -> bool:
    """Whether it can still be undone as a whole, by its key."""
    at = made.redeemed_at if isinstance(made, Redemption) else made.refunded_at
    was_refunded = isinstance(made, Redemption) and made.refunded_minor > 0
    return made.reversed_at is None and not was_refunded and at >= now - LONGEST


def holds_of(authorizations: Iterable[Authorization], *, now: datetime) -> dict[UUID, Held]:
    """What became of these authorizations by `now`. Its end decides, not whether a job has been by."""
    found = Hold.objects.in_bulk([one.id for one in authorizations])
    return {key: _held(hold, now) for key, hold in found.items()}


def _held(hold: Hold, now: datetime) -> Held:
    if hold.is_live(at=now):
        return Held("live", hold.captured_minor, hold.amount_minor - hold.captured_minor)
    state = Hold.State.LAPSED if hold.state == Hold.State.LIVE else hold.state
    return Held(str(state), hold.captured_minor, 0)
