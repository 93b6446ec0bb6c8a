"""The tables of delivery."""

import django.db.models.deletion
from django.db import migrations, models

import giftwell.kit.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cards", "0002_policies"),
        ("tenancy", "0002_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="Gift",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("order_id", models.UUIDField(db_index=True)),
                ("order_line_id", models.UUIDField(unique=True)),
                ("recipient_name", models.CharField(blank=True, default="", max_length=80)),
                ("recipient_email", models.CharField(blank=True, default="", max_length=254)),
                ("sender_name", models.CharField(blank=True, default="", max_length=80)),
                ("message", models.CharField(blank=True, default="", max_length=500)),
                ("token_hash", models.BinaryField(unique=True)),
                ("token_version", models.PositiveIntegerField(default=1)),
                ("message_id", models.UUIDField(null=True)),
                ("made_at", models.DateTimeField()),
                ("queued_at", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField(null=True)),
                (
                    "card",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cards.card"
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
    ]
