"""The index of what the platform gave; built without stopping anyone who adjusts."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """One partial index on the adjustments."""

    atomic = False
    dependencies: ClassVar = [("cards", "0009_of_batch")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="adjustment",
            index=models.Index(
                models.OrderBy(models.F("requested_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("source", "goodwill")),
                name="cards_adjustment_goodwill",
            ),
        ),
    ]
