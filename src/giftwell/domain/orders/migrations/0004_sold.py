"""What was sold on a day is read by the day, not by every order there ever was."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """The index behind the figures of sales."""

    atomic = False

    dependencies: ClassVar = [("orders", "0003_policies")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                fields=("merchant", "fulfilled_at"), name="orders_order_sold", condition=Q(status="fulfilled")
            ),
        ),
    ]
