"""The tables of payments."""

import django.db.models.deletion
from django.db import migrations, models

import giftwell.kit.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("order_id", models.UUIDField(db_index=True)),
                ("gateway", models.CharField(max_length=20)),
                ("account", models.CharField(blank=True, default="", max_length=80)),
                ("reference", models.CharField(blank=True, default="", max_length=120)),
                ("checkout_url", models.CharField(blank=True, default="", max_length=500)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                            ("expired", "Expired"),
                            ("mismatched", "Mismatched"),
                            ("returned", "Returned"),
                        ],
                        default="created",
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=40)),
                ("settled_minor", models.BigIntegerField(default=0)),
                ("settled_currency", models.CharField(blank=True, default="", max_length=3)),
                ("refunded_minor", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.merchant",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GatewayEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("gateway", models.CharField(max_length=20)),
                ("event_id", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=20)),
                ("outcome", models.CharField(blank=True, default="", max_length=40)),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.merchant"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="payments.payment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaymentRefund",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("reason", models.CharField(max_length=20)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "status",
                    models.CharField(
                        choices=[("claimed", "Claimed"), ("refunded", "Refunded"), ("failed", "Failed")],
                        default="claimed",
                        max_length=10,
                    ),
                ),
                ("gateway_reference", models.CharField(blank=True, default="", max_length=120)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("claimed_at", models.DateTimeField()),
                ("called_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.merchant",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="payments.payment",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SandboxCheckout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reference", models.CharField(max_length=60, unique=True)),
                ("client_reference", models.CharField(max_length=60, unique=True)),
                ("order", models.CharField(max_length=60)),
                ("seller", models.CharField(max_length=80)),
                ("description", models.CharField(max_length=200)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("return_url", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("paid", "Paid"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("refunded_minor", models.BigIntegerField(default=0)),
                ("opened_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("paid_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gte", 1)), name="payments_sandbox_amount"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("refunded_minor__gte", 0), ("refunded_minor__lte", models.F("amount_minor"))
                        ),
                        name="payments_sandbox_refunded",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("paid_at__isnull", False), ("state", "paid")),
                            models.Q(models.Q(("state", "paid"), _negated=True), ("paid_at", None)),
                            _connector="OR",
                        ),
                        name="payments_sandbox_paid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SandboxNotice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("event_id", models.CharField(max_length=60)),
                ("body", models.BinaryField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_answer", models.CharField(blank=True, default="", max_length=40)),
                ("delivered_at", models.DateTimeField(null=True)),
                (
                    "checkout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="payments.sandboxcheckout",
                    ),
                ),
            ],
            options={
                "ordering": ("created_at", "position", "id"),
            },
        ),
        migrations.CreateModel(
            name="SandboxRefund",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=80, unique=True)),
                ("amount_minor", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                (
                    "checkout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="payments.sandboxcheckout",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["merchant", "created_at"], name="payments_payment_newest"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("gateway", "reference"),
                name="payments_payment_reference_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "succeeded")),
                fields=("order_id",),
                name="payments_payment_one_succeeds",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "created")),
                fields=("order_id",),
                name="payments_payment_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gte", 1), ("amount_minor__lte", 999999999999)),
                name="payments_payment_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="payments_payment_currency"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refunded_minor__gte", 0), ("refunded_minor__lte", models.F("settled_minor"))
                ),
                name="payments_payment_refunded",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("settled_at", None),
                        ("settled_currency", ""),
                        ("settled_minor", 0),
                        ("status__in", ("created", "failed", "expired")),
                    ),
                    models.Q(
                        ("settled_currency", models.F("currency")),
                        ("settled_minor", models.F("amount_minor")),
                        ("status", "succeeded"),
                        ("settled_at__isnull", False),
                    ),
                    models.Q(
                        ("settled_at__isnull", False),
                        ("settled_minor__gte", 1),
                        ("status__in", ("mismatched", "returned")),
                    ),
                    _connector="OR",
                ),
                name="payments_payment_settled",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewayevent",
            constraint=models.UniqueConstraint(
                fields=("merchant", "gateway", "event_id"), name="payments_gatewayevent_once"
            ),
        ),
        migrations.AddIndex(
            model_name="paymentrefund",
            index=models.Index(
                condition=models.Q(("status", "claimed")), fields=["claimed_at"], name="payments_refund_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrefund",
            constraint=models.UniqueConstraint(fields=("merchant", "key"), name="payments_refund_key_once"),
        ),
        migrations.AddConstraint(
            model_name="paymentrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gte", 1), ("amount_minor__lte", 999999999999)),
                name="payments_refund_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", False), ("status", "refunded")),
                    models.Q(("settled_at__isnull", True), ("status__in", ("claimed", "failed"))),
                    _connector="OR",
                ),
                name="payments_refund_settled",
            ),
        ),
        migrations.AddIndex(
            model_name="sandboxnotice",
            index=models.Index(
                condition=models.Q(("delivered_at__isnull", True)),
                fields=["due_at"],
                name="payments_sandbox_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="sandboxrefund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gte", 1)), name="payments_sandbox_refund_amount"
            ),
        ),
    ]
