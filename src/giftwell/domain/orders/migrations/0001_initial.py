"""The tables of orders."""

from django.db import migrations, models

import giftwell.kit.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=12)),
                ("buyer_email", models.CharField(max_length=254)),
                ("buyer_name", models.CharField(blank=True, default="", max_length=120)),
                ("currency", models.CharField(max_length=3)),
                ("total_minor", models.BigIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[("pending", "Pending"), ("fulfilled", "Fulfilled"), ("expired", "Expired")],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("token_hash", models.BinaryField(unique=True)),
                ("placed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("paid_at", models.DateTimeField(null=True)),
                ("fulfilled_at", models.DateTimeField(null=True)),
                ("receipt_queued_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("value_minor", models.BigIntegerField()),
                ("price_minor", models.BigIntegerField()),
                ("discount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                ("recipient_name", models.CharField(blank=True, default="", max_length=80)),
                ("recipient_email", models.CharField(blank=True, default="", max_length=254)),
                ("sender_name", models.CharField(blank=True, default="", max_length=80)),
                ("message", models.CharField(blank=True, default="", max_length=500)),
                ("refunded_value_minor", models.BigIntegerField(default=0)),
                ("refunded_discount_minor", models.BigIntegerField(default=0)),
                ("refunded_minor", models.BigIntegerField(default=0)),
            ],
            options={
                "ordering": ("position",),
            },
        ),
    ]
