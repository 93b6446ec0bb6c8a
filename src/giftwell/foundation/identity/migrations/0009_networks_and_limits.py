"""From where keys and consoles open, how often a key may ask, and which key follows which."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


def _networks():
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=50), blank=True, default=list
    )


class Migration(migrations.Migration):
    dependencies = [("identity", "0008_team")]

    operations = [
        migrations.AddField(model_name="accessrules", name="networks", field=_networks()),
        migrations.AddField(model_name="apikey", name="networks", field=_networks()),
        migrations.AddField(
            model_name="apikey",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="identity.apikey",
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="requests_a_minute",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("requests_a_minute__isnull", True), ("requests_a_minute__gte", 1), _connector="OR"
                ),
                name="identity_apikey_limit_lets_something_through",
            ),
        ),
        migrations.CreateModel(
            name="KeyMinute",
            fields=[
                ("key_id", models.UUIDField(primary_key=True, serialize=False)),
                ("minute", models.DateTimeField()),
                ("requests", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunSQL(
            "alter table identity_keyminute set unlogged", "alter table identity_keyminute set logged"
        ),
    ]
