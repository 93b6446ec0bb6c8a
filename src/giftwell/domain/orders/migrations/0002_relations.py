"""The tables of orders."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cards", "0002_policies"),
        ("catalog", "0003_policies"),
        ("orders", "0001_initial"),
        ("payments", "0001_initial"),
        ("tenancy", "0002_policies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="buyer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.merchant",
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="card",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cards.card"
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="design",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.design"
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="merchant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.merchant"
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="orders.order"
            ),
        ),
        migrations.AddField(
            model_name="orderline",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.product"
            ),
        ),
        migrations.CreateModel(
            name="OrderRefund",
            fields=[
                (
                    "payment_refund",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="payments.paymentrefund",
                    ),
                ),
                ("value_minor", models.BigIntegerField()),
                ("discount_minor", models.BigIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("refunded_at", models.DateTimeField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="orders.orderline",
                    ),
                ),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.merchant"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                models.F("merchant"),
                models.OrderBy(models.F("placed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="orders_order_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["merchant", "buyer_email"], name="orders_order_buyer_email"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("status", "pending")), fields=["expires_at"], name="orders_order_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                fields=("merchant", "number"), name="orders_order_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("total_minor__gte", 1), ("total_minor__lte", 999999999999)),
                name="orders_order_total",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="orders_order_currency"
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
                        ("status", "expired"),
                    ),
                    _connector="OR",
                ),
                name="orders_order_life",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.UniqueConstraint(
                fields=("order", "position"), name="orders_line_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
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
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refunded_discount_minor__gte", 0),
                    ("refunded_discount_minor__lte", models.F("discount_minor")),
                    ("refunded_minor__gte", 0),
                    ("refunded_minor__lte", models.F("price_minor")),
                    (
                        "refunded_value_minor",
                        django.db.models.expressions.CombinedExpression(
                            models.F("refunded_minor"), "+", models.F("refunded_discount_minor")
                        ),
                    ),
                ),
                name="orders_line_refunds",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount_minor__gte", 1),
                    ("discount_minor__gte", 0),
                    (
                        "value_minor",
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount_minor"), "+", models.F("discount_minor")
                        ),
                    ),
                ),
                name="orders_refund_amounts",
            ),
        ),
    ]
