"""The cards of a batch in the order of their ids, for exports and for taking a batch back."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """One index in another's place, without a lock on the table."""

    atomic = False
    dependencies: ClassVar = [("cards", "0008_batches")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="card",
            index=models.Index(
                fields=["merchant", "batch_id", "id"],
                name="cards_card_of_batch",
                condition=models.Q(batch_id__isnull=False),
            ),
        ),
        RemoveIndexConcurrently(model_name="card", name="cards_card_batch"),
    ]
