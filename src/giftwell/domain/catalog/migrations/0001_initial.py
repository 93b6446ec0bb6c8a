"""The tables of the catalogue."""

import django.db.models.deletion
from django.db import migrations, models

import giftwell.kit.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Program",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("currency", models.CharField(max_length=3)),
                (
                    "funding",
                    models.CharField(
                        choices=[("escrow", "Escrow"), ("direct", "Direct"), ("promo", "Promo")], max_length=8
                    ),
                ),
                ("commission_bps", models.PositiveIntegerField(default=0)),
                ("commission_fixed_minor", models.BigIntegerField(default=0)),
                ("buyer_fee_minor", models.BigIntegerField(default=0)),
                ("validity_days", models.PositiveIntegerField(null=True)),
                ("min_value_minor", models.BigIntegerField()),
                ("max_value_minor", models.BigIntegerField()),
                ("pending_account_id", models.BigIntegerField()),
                ("commission_account_id", models.BigIntegerField()),
                ("issued_account_id", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.merchant"
                    ),
                ),
            ],
            options={
                "ordering": ("created_at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("slug", models.SlugField(db_index=False, max_length=80)),
                ("description", models.TextField(blank=True, default="", max_length=2000)),
                ("kind", models.CharField(max_length=8)),
                ("min_value_minor", models.BigIntegerField(null=True)),
                ("max_value_minor", models.BigIntegerField(null=True)),
                ("status", models.CharField(default="draft", max_length=12)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.merchant"
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="catalog.program",
                    ),
                ),
            ],
            options={
                "ordering": ("position", "id"),
            },
        ),
        migrations.CreateModel(
            name="Brand",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("ground", models.CharField(max_length=40)),
                ("figure", models.CharField(max_length=40)),
                ("foil", models.CharField(max_length=40)),
                ("ink", models.CharField(max_length=40)),
                ("logo", models.BinaryField(null=True)),
                ("logo_hash", models.CharField(blank=True, default="", max_length=64)),
                ("tagline", models.CharField(blank=True, default="", max_length=160)),
                ("updated_at", models.DateTimeField()),
                (
                    "merchant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.merchant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("figure__regex", "^oklch\\([0-9.]+ [0-9.]+ [0-9.]+\\)$"),
                            ("foil__regex", "^oklch\\([0-9.]+ [0-9.]+ [0-9.]+\\)$"),
                            ("ground__regex", "^oklch\\([0-9.]+ [0-9.]+ [0-9.]+\\)$"),
                            ("ink__regex", "^oklch\\([0-9.]+ [0-9.]+ [0-9.]+\\)$"),
                        ),
                        name="catalog_brand_colours_are_oklch",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("logo__isnull", True), ("logo_hash", "")),
                            models.Q(("logo__isnull", False), models.Q(("logo_hash", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="catalog_brand_logo_has_hash",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Design",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("pattern", models.CharField(max_length=16)),
                ("ground", models.CharField(max_length=40)),
                ("figure", models.CharField(max_length=40)),
                ("foil", models.CharField(max_length=40)),
                ("ink", models.CharField(max_length=40)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.merchant"
                    ),
                ),
            ],
            options={
                "ordering": ("position", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "name"), name="catalog_design_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "pattern__in",
                                (
                                    "sprig",
                                    "tide",
                                    "dunes",
                                    "orbit",
                                    "guilloche",
                                    "contour",
                                    "petal",
                                    "weave",
                                    "terrazzo",
                                    "sunray",
                                    "halftone",
                                    "ribbon",
                                ),
                            )
                        ),
                        name="catalog_design_pattern_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("figure__regex", "^oklch\\([0-9.]+ [0-9.]+ [0-9.]+\\)$"),
                            ("foil__regex", "^oklch\\([0-9.]+ [0-9.]+ [0-9.]+\\)$"),
                            ("ground__regex", "^oklch\\([0-9.]+ [0-9.]+ [0-9.]+\\)$"),
                            ("ink__regex", "^oklch\\([0-9.]+ [0-9.]+ [0-9.]+\\)$"),
                        ),
                        name="catalog_design_colours_are_oklch",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductValue",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("value_minor", models.BigIntegerField()),
                ("price_minor", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "merchant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.merchant"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="values",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "ordering": ("position", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("product", "value_minor"), name="catalog_value_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("price_minor__gte", 1),
                            ("value_minor__gte", models.F("price_minor")),
                            ("value_minor__lte", 999999999999),
                        ),
                        name="catalog_value_priced",
                    ),
                ],
            },
        ),
    ]
