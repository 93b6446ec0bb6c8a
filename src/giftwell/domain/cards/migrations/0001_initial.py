"""The tables of cards."""

import django.db.models.deletion
from django.db import migrations, models

import giftwell.kit.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0001_initial"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Card",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account_id", models.BigIntegerField(unique=True)),
                ("code_hash", models.BinaryField(null=True)),
                ("code_encrypted", models.BinaryField(null=True)),
                ("last4", models.CharField(blank=True, default="", max_length=4)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("active", "Active"),
                            ("frozen", "Frozen"),
                            ("closed", "Closed"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                (
                    "close_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cancelled", "Cancelled"),
                            ("refunded", "Refunded"),
                            ("replaced", "Replaced"),
                            ("expired", "Expired"),
                            ("cashed_out", "Cashed Out"),
                            ("fraud", "Fraud"),
                            ("escheated", "Escheated"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("face_value_minor", models.BigIntegerField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("batch_id", models.UUIDField(null=True)),
                ("order_line_id", models.UUIDField(null=True)),
                ("holder_id", models.UUIDField(null=True)),
                ("issued_at", models.DateTimeField()),
                ("activated_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "design",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.design",
                    ),
                ),
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
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.program"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CardFreeze",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("holder", "Holder"),
                            ("merchant", "Merchant"),
                            ("risk", "Risk"),
                            ("dispute", "Dispute"),
                        ],
                        max_length=8,
                    ),
                ),
                ("frozen_at", models.DateTimeField()),
                ("frozen_by", models.CharField(max_length=80)),
                ("cleared_at", models.DateTimeField(null=True)),
                ("cleared_by", models.CharField(blank=True, default="", max_length=80)),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="freezes", to="cards.card"
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
            model_name="card",
            index=models.Index(
                models.F("merchant"),
                models.OrderBy(models.F("issued_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="cards_card_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(fields=["merchant", "last4"], name="cards_card_last4"),
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(
                condition=models.Q(("batch_id__isnull", False)),
                fields=["merchant", "batch_id"],
                name="cards_card_batch",
            ),
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(
                condition=models.Q(("holder_id__isnull", False)),
                fields=["holder_id"],
                name="cards_card_holder",
            ),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.UniqueConstraint(fields=("merchant", "code_hash"), name="cards_card_code_once"),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.UniqueConstraint(
                condition=models.Q(("order_line_id__isnull", False)),
                fields=("order_line_id",),
                name="cards_card_line_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="cards_card_currency"
            ),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.CheckConstraint(
                condition=models.Q(("face_value_minor__gte", 1), ("face_value_minor__lte", 999999999999)),
                name="cards_card_face_value",
            ),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "close_reason__in",
                        [
                            "",
                            "cancelled",
                            "refunded",
                            "replaced",
                            "expired",
                            "cashed_out",
                            "fraud",
                            "escheated",
                        ],
                    )
                ),
                name="cards_card_close_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("activated_at__isnull", True),
                        ("close_reason", ""),
                        ("closed_at__isnull", True),
                        ("code_hash__isnull", True),
                        ("status", "pending"),
                    ),
                    models.Q(
                        ("activated_at__isnull", False),
                        ("close_reason", ""),
                        ("closed_at__isnull", True),
                        ("code_hash__isnull", False),
                        ("status__in", ("active", "frozen")),
                    ),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("status", "closed"),
                        models.Q(("close_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="cards_card_life",
            ),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("code_encrypted__isnull", True), ("code_hash__isnull", True), ("last4", "")),
                    models.Q(
                        ("code_encrypted__isnull", False),
                        ("code_hash__isnull", False),
                        ("last4__regex", "^[0-9A-Z]{4}$"),
                    ),
                    _connector="OR",
                ),
                name="cards_card_code_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardfreeze",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cleared_at__isnull", True)),
                fields=("card", "reason"),
                name="cards_freeze_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="cardfreeze",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["holder", "merchant", "risk", "dispute"])),
                name="cards_freeze_reason",
            ),
        ),
    ]
