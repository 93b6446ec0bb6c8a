"""The finder of the entrance that knows no merchant yet: a processor's reference gives a merchant and a
payment, by id.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.errors import NotFound

_FIND = "select merchant_id, payment_id from payments.find_payment(%s, %s)"


class UnknownReference(NotFound):
    """No payment here has this reference. The gateway should tell it again later: our own row may not be
    there yet.
    """

    code = "unknown_reference"


@dataclass(frozen=True, slots=True)
class FoundPayment:
    """Whose payment it is, and which; nothing else leaves the finder."""

    merchant_id: UUID
    payment_id: UUID


def find_payment(*, gateway: str, reference: str) -> FoundPayment:
    """The payment a gateway means by its reference. Works in any scope; raises UnknownReference."""
    with reading(), connection.cursor() as cursor:
        cursor.execute(_FIND, [gateway, reference])
        row = cursor.fetchone()
    if row is None:
        raise UnknownReference
    return FoundPayment(merchant_id=row[0], payment_id=row[1])
