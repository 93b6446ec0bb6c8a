"""Caps of a program: on a balance, on a card's day, on a day of issuing; and its version."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_policies"),
        ("tenancy", "0002_policies"),
    ]

    operations = [
        migrations.AddField(
            model_name="program",
            name="max_balance_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="program",
            name="max_issue_per_day_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="program",
            name="max_spend_per_day_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="program",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddIndex(
            model_name="program",
            index=models.Index(
                condition=models.Q(("max_spend_per_day_minor__isnull", False)),
                fields=["merchant"],
                name="catalog_program_day_capped",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("max_balance_minor__isnull", True),
                        models.Q(
                            ("max_balance_minor__gte", models.F("max_value_minor")),
                            ("max_balance_minor__lte", 999999999999),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("max_spend_per_day_minor__isnull", True),
                        models.Q(
                            ("max_spend_per_day_minor__gte", 1),
                            ("max_spend_per_day_minor__lte", 999999999999),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("max_issue_per_day_minor__isnull", True),
                        models.Q(
                            ("max_issue_per_day_minor__gte", 1),
                            ("max_issue_per_day_minor__lte", 999999999999),
                        ),
                        _connector="OR",
                    ),
                ),
                name="catalog_program_caps",
            ),
        ),
    ]
