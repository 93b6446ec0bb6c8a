"""An order may load a card that is there already, and its money goes back where that fails."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0004_origins"),
        ("catalog", "0003_policies"),
        ("orders", "0005_commission"),
        ("tenancy", "0002_policies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="order",
            name="orders_order_life",
        ),
        migrations.AddField(
            model_name="orderline",
            name="is_load",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="order",
            name="status",
            field=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("fulfilled", "Fulfilled"),
                    ("expired", "Expired"),
                    ("returned", "Returned"),
                ],
                default="pending",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="orderline",
            name="card",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cards.card"
            ),
        ),
        migrations.AlterField(
            model_name="orderline",
            name="product",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.product"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at", None), ("fulfilled_at", None), ("paid_at", None), ("status", "pending")
                    ),
                    models.Q(
                        ("ended_at", None),
                        ("fulfilled_at__isnull", False),
                        ("paid_at__isnull", False),
                        ("status", "fulfilled"),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("fulfilled_at", None),
                        ("paid_at", None),
                        ("status__in", ("expired", "returned")),
                    ),
                    _connector="OR",
                ),
                name="orders_order_life",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_load", False)), fields=("card",), name="orders_line_card_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_load", False), ("product__isnull", False)),
                    models.Q(("is_load", True), ("product__isnull", True)),
                    _connector="OR",
                ),
                name="orders_line_load",
            ),
        ),
    ]
