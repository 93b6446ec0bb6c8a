"""The index of what is due to expire; built without stopping anyone who issues or spends."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """One partial index on the cards."""

    atomic = False
    dependencies: ClassVar = [("cards", "0006_life_policies")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="card",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False), ("status__in", ("active", "frozen"))),
                fields=["expires_at", "id"],
                name="cards_card_due",
            ),
        ),
    ]
