"""Reads of payments that jobs need."""

from uuid import UUID

from giftwell.domain.payments.models import PaymentRefund


def refunds_due(*, limit: int = 500) -> list[tuple[UUID, UUID]]:
    """(merchant, refund) that a gateway has not confirmed, oldest first. For the sweeping job, in platform
    scope.
    """
    return list(PaymentRefund.objects.due().values_list("merchant_id", "pk")[:limit])
