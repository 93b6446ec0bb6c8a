"""Roles a merchant puts together itself, and invitations to its team."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import giftwell.kit.ids
from giftwell.foundation.tenancy.policies import protect

_ID = {"default": giftwell.kit.ids.new_id, "editable": False, "primary_key": True, "serialize": False}
_PROTECT = django.db.models.deletion.PROTECT
_IS_CUSTOM = models.Q(
    models.Q(("custom_role__isnull", False), ("role", "custom")),
    models.Q(models.Q(("role", "custom"), _negated=True), ("custom_role__isnull", True)),
    _connector="OR",
)


def _one(to, **more):
    return models.ForeignKey(on_delete=_PROTECT, related_name="+", to=to, **more)


class Migration(migrations.Migration):
    dependencies = [("identity", "0007_sessions"), ("tenancy", "0002_policies")]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.UUIDField(**_ID)),
                ("name", models.CharField(max_length=40)),
                (
                    "permissions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40)),
                ),
                ("created_at", models.DateTimeField()),
                ("merchant", _one("tenancy.merchant")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "name"), name="identity_role_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(("permissions", []), _negated=True),
                        name="identity_role_has_permissions",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="membership",
            name="custom_role",
            field=_one("identity.role", blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=_IS_CUSTOM, name="identity_membership_custom_names_its_role"
            ),
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(**_ID)),
                ("email", models.EmailField(max_length=254)),
                ("role", models.CharField(max_length=40)),
                (
                    "location_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), blank=True, default=list
                    ),
                ),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("invited_by", models.CharField(max_length=80)),
                ("invited_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("accepted_by", _one(settings.AUTH_USER_MODEL, blank=True, null=True)),
                ("merchant", _one("tenancy.merchant")),
                ("custom_role", _one("identity.role", blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at__isnull", True), ("withdrawn_at__isnull", True)),
                        fields=("merchant", "email"),
                        name="identity_invitation_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True), ("withdrawn_at__isnull", True), _connector="OR"
                        ),
                        name="identity_invitation_ends_once",
                    ),
                    models.CheckConstraint(
                        condition=_IS_CUSTOM, name="identity_invitation_custom_names_its_role"
                    ),
                ],
            },
        ),
        protect("identity_role"),
        protect("identity_invitation"),
    ]
