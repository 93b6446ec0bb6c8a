"""Tables of expiries, reminders, adjustments and what was issued on a day."""

import django.db.models.deletion
from django.db import migrations, models

import giftwell.kit.ids


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0004_origins"),
        ("catalog", "0004_limits"),
        ("tenancy", "0002_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("change_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "source",
                    models.CharField(
                        choices=[("merchant", "Merchant"), ("goodwill", "Goodwill")],
                        default="merchant",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("applied", "Applied"),
                            ("declined", "Declined"),
                        ],
                        max_length=9,
                    ),
                ),
                ("requested_by", models.CharField(max_length=80)),
                ("requested_at", models.DateTimeField()),
                ("lapses_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, default="", max_length=80)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Expiry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("due_at", models.DateTimeField()),
                ("expired_at", models.DateTimeField()),
                ("reinstated_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="IssueDay",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("issued_date", models.DateField()),
                ("issued_minor", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="ReminderMark",
            fields=[
                ("days_before", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("told_until", models.DateTimeField()),
                ("told_card_id", models.UUIDField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="adjustment",
            name="card",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="adjustments", to="cards.card"
            ),
        ),
        migrations.AddField(
            model_name="adjustment",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.merchant",
            ),
        ),
        migrations.AddField(
            model_name="expiry",
            name="card",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="expiries", to="cards.card"
            ),
        ),
        migrations.AddField(
            model_name="expiry",
            name="merchant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.merchant"
            ),
        ),
        migrations.AddField(
            model_name="issueday",
            name="merchant",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.merchant",
            ),
        ),
        migrations.AddField(
            model_name="issueday",
            name="program",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.program",
            ),
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(
                models.F("merchant"),
                models.OrderBy(models.F("requested_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="cards_adjustment_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(
                condition=models.Q(("lapses_at__isnull", True)),
                fields=["merchant", "requested_by", "requested_at"],
                name="cards_adjustment_alone",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("change_minor", 0), _negated=True),
                    ("change_minor__gte", -999999999999),
                    ("change_minor__lte", 999999999999),
                ),
                name="cards_adjustment_change",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("source", "merchant"),
                    models.Q(("change_minor__gt", 0), ("source", "goodwill")),
                    _connector="OR",
                ),
                name="cards_adjustment_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="cards_adjustment_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True),
                        ("decided_by", ""),
                        ("lapses_at__isnull", False),
                        ("state", "requested"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False), ("lapses_at__isnull", False), ("state", "declined")
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by", ""),
                        ("lapses_at__isnull", True),
                        ("state", "applied"),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("lapses_at__isnull", False),
                        ("state", "applied"),
                        models.Q(("decided_by", models.F("requested_by")), _negated=True),
                        ("decided_by__startswith", "person:"),
                    ),
                    _connector="OR",
                ),
                name="cards_adjustment_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="expiry",
            constraint=models.UniqueConstraint(fields=("card", "due_at"), name="cards_expiry_once"),
        ),
        migrations.AddConstraint(
            model_name="expiry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reinstated_at__isnull", True)),
                fields=("card",),
                name="cards_expiry_one_stands",
            ),
        ),
        migrations.AddConstraint(
            model_name="expiry",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gte", 0)), name="cards_expiry_amount"
            ),
        ),
        migrations.AddConstraint(
            model_name="issueday",
            constraint=models.UniqueConstraint(fields=("program", "issued_date"), name="cards_issueday_once"),
        ),
        migrations.AddConstraint(
            model_name="issueday",
            constraint=models.CheckConstraint(
                condition=models.Q(("issued_minor__gte", 0)), name="cards_issueday_amount"
            ),
        ),
    ]
