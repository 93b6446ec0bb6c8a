"""A card may be a part of another, and may end by a merge or a split."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cards", "0003_lineage"),
        ("catalog", "0003_policies"),
        ("tenancy", "0002_policies"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="card",
            name="cards_card_close_reason",
        ),
        migrations.AddField(
            model_name="card",
            name="split_from",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cards.card",
            ),
        ),
        migrations.AlterField(
            model_name="card",
            name="close_reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("cancelled", "Cancelled"),
                    ("refunded", "Refunded"),
                    ("replaced", "Replaced"),
                    ("expired", "Expired"),
                    ("cashed_out", "Cashed Out"),
                    ("fraud", "Fraud"),
                    ("escheated", "Escheated"),
                    ("merged", "Merged"),
                    ("split", "Split"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="card",
            index=models.Index(
                condition=models.Q(("split_from__isnull", False)),
                fields=["split_from"],
                name="cards_card_split",
            ),
        ),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.CheckConstraint(
                condition=models.Q(("replaces__isnull", True), ("split_from__isnull", True), _connector="OR"),
                name="cards_card_origin",
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
                            "merged",
                            "split",
                        ],
                    )
                ),
                name="cards_card_close_reason",
            ),
        ),
    ]
