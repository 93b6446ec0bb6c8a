"""Who may read cards: their merchant, and the person who holds one."""

from typing import ClassVar

from django.db import migrations

from giftwell.foundation.tenancy.policies import PERSON, protect


class Migration(migrations.Migration):
    """Policies of the cards' tables."""

    dependencies: ClassVar = [("cards", "0001_initial")]

    operations: ClassVar = [
        protect("cards_card", person_sql=f"holder_id = {PERSON}"),
        protect("cards_cardfreeze"),
    ]
