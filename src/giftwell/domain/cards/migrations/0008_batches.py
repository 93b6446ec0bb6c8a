"""Cards that come in bulk: the batch whose codes stay sealed, where they are staged, and their way back."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from giftwell.foundation.tenancy.policies import protect

# Unlogged: what is staged lives no longer than its transaction. No policy: a table with one refuses COPY. The
# runtime role may write here and not read (config/migrate.py), so it needs none.
_STAGING = """
create unlogged table cards_staging (
    load_id uuid not null,
    n integer not null,
    card_id uuid not null,
    value_minor bigint not null,
    expires_at timestamptz,
    code_hash bytea not null,
    code_encrypted bytea not null,
    last4 text not null,
    primary key (load_id, n)
);
alter table cards_staging set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
"""
_REASONS = [
    ("cancelled", "Cancelled"),
    ("refunded", "Refunded"),
    ("replaced", "Replaced"),
    ("expired", "Expired"),
    ("cashed_out", "Cashed Out"),
    ("fraud", "Fraud"),
    ("escheated", "Escheated"),
    ("merged", "Merged"),
    ("split", "Split"),
    ("taken_back", "Taken Back"),
]


class Migration(migrations.Migration):
    """Sealed batches, the staging table, one reason more to close a card."""

    dependencies: ClassVar = [("cards", "0007_due"), ("tenancy", "0002_policies")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SealedBatch",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("sealed_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.merchant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opened_at__isnull", True),
                            ("opened_at__gte", models.F("sealed_at")),
                            _connector="OR",
                        ),
                        name="cards_sealedbatch_order",
                    )
                ],
            },
        ),
        protect("cards_sealedbatch"),
        migrations.RunSQL(_STAGING, "drop table cards_staging"),
        migrations.RemoveConstraint(model_name="card", name="cards_card_close_reason"),
        migrations.AlterField(
            model_name="card",
            name="close_reason",
            field=models.CharField(blank=True, choices=_REASONS, default="", max_length=12),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.CheckConstraint(
                condition=models.Q(("close_reason__in", ["", *(reason for reason, _ in _REASONS)])),
                name="cards_card_close_reason",
            ),
        ),
    ]
