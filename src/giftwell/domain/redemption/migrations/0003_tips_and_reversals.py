"""Tips, reversals, authorizations that replace another, and refunds without a redemption."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns, and what the database keeps of them."""

    dependencies: ClassVar = [("redemption", "0002_policies")]

    operations: ClassVar = [
        migrations.AddField("authorization", "replaces_id", models.UUIDField(null=True)),
        migrations.AddField("redemption", "reversed_at", models.DateTimeField(null=True)),
        migrations.AddField("redemption", "tip_minor", models.BigIntegerField(db_default=0)),
        migrations.AddField("refund", "location_id", models.UUIDField(null=True)),
        migrations.AddField(
            "refund", "reference", models.CharField(blank=True, db_default="", max_length=120)
        ),
        migrations.AddField("refund", "reversed_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "refund",
            "redemption",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="redemption.redemption",
            ),
        ),
        migrations.AddConstraint(
            "redemption",
            models.CheckConstraint(
                condition=models.Q(("tip_minor__gte", 0), ("tip_minor__lt", models.F("amount_minor"))),
                name="redemption_tip",
            ),
        ),
        migrations.AddConstraint(
            "redemption",
            models.CheckConstraint(
                condition=models.Q(("reversed_at__isnull", True), ("refunded_minor", 0), _connector="OR"),
                name="redemption_reversed_or_refunded",
            ),
        ),
        migrations.AddConstraint(
            "refund",
            models.CheckConstraint(
                condition=models.Q(("redemption__isnull", False), ("commission_minor", 0), _connector="OR"),
                name="redemption_refund_unlinked",
            ),
        ),
    ]
