"""Tokens of people, a family for each sign-in by REST."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import giftwell.kit.ids


class Migration(migrations.Migration):
    dependencies = [("identity", "0009_networks_and_limits")]

    operations = [
        migrations.CreateModel(
            name="TokenFamily",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=giftwell.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("has_second_factor", models.BooleanField()),
                ("handle_hash", models.BinaryField(max_length=32, unique=True)),
                ("refresh_hash", models.BinaryField(max_length=32)),
                ("access_hash", models.BinaryField(max_length=32, unique=True)),
                ("access_until", models.DateTimeField()),
                ("began_at", models.DateTimeField(db_index=True)),
                ("seen_at", models.DateTimeField()),
                (
                    "device",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="identity.device",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
