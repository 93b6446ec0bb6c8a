"""The rows of a batch's file, once nobody needs them: they may hold codes, and are not kept for ever."""

from django.db import connection

from giftwell.domain.bulk.models import Batch


def forget_rows(batch: Batch) -> None:
    """Forget the rows of a locked batch, in the open transaction, unless its cards are still made of them.

    They are needed while it runs, and afterwards for the references that its export gives back.
    """
    with connection.cursor() as cursor:
        cursor.execute("select bulk.forget_rows(%s, %s)", [batch.merchant_id, batch.id])
