"""Who may read redemptions: the merchant, and the person who holds the card."""

from typing import ClassVar

from django.db import migrations

from giftwell.foundation.tenancy.policies import PERSON, protect

_OF_THE_HOLDER = f"exists (select from cards_card card where card.id = card_id and card.holder_id = {PERSON})"


class Migration(migrations.Migration):
    """Policies and storage of redemption's tables."""

    dependencies: ClassVar = [("redemption", "0001_initial"), ("cards", "0001_initial")]

    operations: ClassVar = [
        # A refund updates its redemption's row; room on the page keeps that off the indexes.
        migrations.RunSQL(
            "alter table redemption_redemption set (fillfactor = 90)",
            "alter table redemption_redemption reset (fillfactor)",
        ),
        protect("redemption_redemption", person_sql=_OF_THE_HOLDER),
        protect("redemption_authorization"),
        protect("redemption_refund", person_sql=_OF_THE_HOLDER),
    ]
