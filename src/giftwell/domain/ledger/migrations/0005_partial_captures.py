"""A hold may be captured in several parts: a live one has taken less than it held."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """What the database keeps of a hold's captured part."""

    dependencies: ClassVar = [("ledger", "0004_receivable")]

    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="hold", name="ledger_hold_captured"),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("captured_minor__gt", 0),
                        ("captured_minor__lte", models.F("amount_minor")),
                        ("state", "captured"),
                    ),
                    models.Q(
                        ("captured_minor__gte", 0),
                        ("captured_minor__lt", models.F("amount_minor")),
                        ("state__in", ("live", "voided", "lapsed")),
                    ),
                    _connector="OR",
                ),
                name="ledger_hold_captured",
            ),
        ),
    ]
