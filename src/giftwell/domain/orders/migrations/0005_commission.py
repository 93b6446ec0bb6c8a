"""What the platform kept of the price of a card of a direct program."""

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0004_origins"),
        ("catalog", "0003_policies"),
        ("orders", "0004_sold"),
        ("tenancy", "0002_policies"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="orderline",
            name="orders_line_price",
        ),
        migrations.AddField(
            model_name="orderline",
            name="commission_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("commission_minor__gte", 0),
                    ("commission_minor__lte", models.F("price_minor")),
                    ("discount_minor__gte", 0),
                    ("fee_minor__gte", 0),
                    ("price_minor__gte", 1),
                    (
                        "value_minor",
                        django.db.models.expressions.CombinedExpression(
                            models.F("price_minor"), "+", models.F("discount_minor")
                        ),
                    ),
                    ("value_minor__gte", 1),
                ),
                name="orders_line_price",
            ),
        ),
    ]
