"""The captures of one authorization are found by it: its tips are summed, and its page lists them."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """One index, made beside running business."""

    atomic = False
    dependencies: ClassVar = [("redemption", "0003_tips_and_reversals")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="redemption",
            index=models.Index(
                condition=models.Q(("authorization_id__isnull", False)),
                fields=["authorization_id"],
                name="redemption_captures",
            ),
        ),
    ]
