"""What each check of the books found is kept."""

from typing import ClassVar

from django.db import migrations, models

_PLATFORM_ONLY = """
alter table ledger_check enable row level security;
create policy platform on ledger_check for select using ((select current_setting('app.scope', true)) = 'platform');
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0006_live_holds")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Check",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("checked_at", models.DateTimeField()),
                ("took_ms", models.BigIntegerField()),
                ("is_sound", models.BooleanField()),
                ("laws", models.JSONField()),
                ("chain", models.JSONField()),
                ("blocks", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["-checked_at"], name="ledger_check_newest")],
            },
        ),
        migrations.RunSQL(_PLATFORM_ONLY, migrations.RunSQL.noop),
    ]
