"""Reads of what was redeemed."""

from uuid import UUID

from django.db.models import QuerySet

from giftwell.domain.redemption.models import Redemption
from giftwell.domain.redemption.refusals import RedemptionNotFound


def redemptions_of(merchant_id: UUID) -> QuerySet[Redemption]:
    """A merchant's redemptions, newest first."""
    return Redemption.objects.filter(merchant_id=merchant_id).order_by("-redeemed_at", "-id")


def find_redemption(merchant_id: UUID, redemption_id: UUID) -> Redemption:
    """One redemption of this merchant. Raises `RedemptionNotFound`."""
    found = redemptions_of(merchant_id).filter(id=redemption_id).first()
    if found is None:
        raise RedemptionNotFound
    return found
