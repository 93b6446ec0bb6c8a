"""A change of address, verified at both ends."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_tries")]

    operations = [
        migrations.CreateModel(
            name="AddressChange",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("new_email", models.EmailField(max_length=254)),
                ("old_end_hash", models.BinaryField(max_length=32, unique=True)),
                ("new_end_hash", models.BinaryField(max_length=32, unique=True)),
                ("old_end_at", models.DateTimeField(blank=True, null=True)),
                ("new_end_at", models.DateTimeField(blank=True, null=True)),
                ("asked_at", models.DateTimeField()),
            ],
        ),
    ]
