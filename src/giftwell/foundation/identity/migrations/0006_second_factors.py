"""Backup codes, resets of a second factor by two admins, and a day of one's own until it is asked for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import giftwell.kit.ids

_USER = settings.AUTH_USER_MODEL
_ID = {"default": giftwell.kit.ids.new_id, "editable": False, "primary_key": True, "serialize": False}


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_address_changes")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="second_factor_due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        # Whoever is here already has the whole grace period before them, however old the account is.
        migrations.RunSQL(
            "update identity_user set second_factor_due_at = now() + interval '7 days'",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name="BackupCode",
            fields=[
                ("id", models.UUIDField(**_ID)),
                ("code_hash", models.BinaryField(max_length=32, unique=True)),
                ("made_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=_USER
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SecondFactorReset",
            fields=[
                ("id", models.UUIDField(**_ID)),
                ("reason", models.CharField(max_length=200)),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=_USER
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=_USER,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=_USER
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=("user",),
                        name="identity_secondfactorreset_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_by__isnull", True),
                            models.Q(("done_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="identity_secondfactorreset_by_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("asked_by", models.F("user")), _negated=True),
                            models.Q(("done_by", models.F("user")), _negated=True),
                        ),
                        name="identity_secondfactorreset_not_ones_own",
                    ),
                ],
            },
        ),
    ]
