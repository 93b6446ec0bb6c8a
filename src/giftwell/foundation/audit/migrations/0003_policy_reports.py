"""What browsers report: anyone may add a row, the platform alone reads."""

from typing import ClassVar

from django.db import migrations, models

_POLICIES = """
alter table audit_policyreport enable row level security;
create policy platforms on audit_policyreport for select
    using ((select current_setting('app.scope', true)) = 'platform');
create policy anyones on audit_policyreport for insert with check (true)
"""


class Migration(migrations.Migration):
    """The table audit_policyreport and its policies."""

    dependencies: ClassVar = [("audit", "0002_policies")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="PolicyReport",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "day", "page", "directive", "blocked",
                        blank=True, editable=False, primary_key=True, serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                ("page", models.CharField(max_length=100)),
                ("directive", models.CharField(max_length=40)),
                ("blocked", models.CharField(max_length=100)),
                ("first_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(_POLICIES, migrations.RunSQL.noop),
    ]  # fmt: skip
