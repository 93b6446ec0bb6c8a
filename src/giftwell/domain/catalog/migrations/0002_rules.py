"""What a program and a product can never be, kept by the database."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Constraints of programs and products."""

    dependencies: ClassVar = [("catalog", "0001_initial")]

    operations: ClassVar = [
        migrations.AddConstraint(
            model_name="program",
            constraint=models.UniqueConstraint(fields=("merchant", "name"), name="catalog_program_name_once"),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="catalog_program_currency"
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("funding__in", ["escrow", "direct", "promo"])),
                name="catalog_program_funding",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("buyer_fee_minor__gte", 0),
                    ("buyer_fee_minor__lte", 999999999999),
                    ("commission_bps__lte", 10000),
                    ("commission_fixed_minor__gte", 0),
                    ("commission_fixed_minor__lte", 999999999999),
                ),
                name="catalog_program_rates",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("max_value_minor__gte", models.F("min_value_minor")),
                    ("max_value_minor__lte", 999999999999),
                    ("min_value_minor__gte", 1),
                ),
                name="catalog_program_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("validity_days__isnull", True),
                    models.Q(("validity_days__gte", 1), ("validity_days__lte", 36500)),
                    _connector="OR",
                ),
                name="catalog_program_validity",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("funding", "escrow"), ("issued_account_id__isnull", True)),
                    models.Q(
                        models.Q(("funding", "escrow"), _negated=True), ("issued_account_id__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="catalog_program_issued_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(fields=("merchant", "slug"), name="catalog_product_slug_once"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("draft", "published"))), name="catalog_product_status"
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "fixed"),
                        ("max_value_minor__isnull", True),
                        ("min_value_minor__isnull", True),
                    ),
                    models.Q(
                        ("kind", "range"),
                        ("max_value_minor__gte", models.F("min_value_minor")),
                        ("max_value_minor__lte", 999999999999),
                        ("min_value_minor__gte", 1),
                    ),
                    _connector="OR",
                ),
                name="catalog_product_kind",
            ),
        ),
    ]
