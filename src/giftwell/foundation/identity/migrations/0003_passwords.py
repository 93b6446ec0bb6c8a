"""The passwords that people had, and what a merchant asks of its people's access."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import giftwell.kit.ids
from giftwell.foundation.tenancy.policies import protect


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0002_policies"),
        ("tenancy", "0002_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessRules",
            fields=[
                (
                    "merchant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tenancy.merchant",
                    ),
                ),
                ("password_policy", models.CharField(max_length=20)),
                ("second_factor_for_all", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("password_policy__in", ["nist", "composition"])),
                        name="identity_accessrules_policy_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PastPassword",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("encoded", models.CharField(max_length=128)),
                ("replaced_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user", "-replaced_at"], name="identity_pastpassword_newest")
                ],
            },
        ),
        protect("identity_accessrules"),
    ]
