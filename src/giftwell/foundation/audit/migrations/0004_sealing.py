"""Where audit rows are sealed: the blocks, and how far the sealing has come."""

from typing import ClassVar

from django.db import migrations, models

_RULES = """
alter table audit_block alter column leaves set storage external;
alter table audit_block enable row level security;
create policy platforms on audit_block for select
    using ((select current_setting('app.scope', true)) = 'platform');
alter table audit_sealing enable row level security;
create policy nobody on audit_sealing for select using (false);
insert into audit_sealing (one, xid, shift) values (true, 0, 0) on conflict do nothing
"""


class Migration(migrations.Migration):
    """The chain of the audit: hashes, for the platform to read."""

    dependencies: ClassVar = [("audit", "0003_policy_reports")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Block",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first_leaf", models.BigIntegerField()),
                ("size", models.IntegerField()),
                ("last_xid", models.BigIntegerField()),
                ("last_id", models.UUIDField()),
                ("root", models.BinaryField()),
                ("previous", models.BinaryField()),
                ("hash", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
                ("leaves", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(number__gte=1, size__gte=1, first_leaf__gte=0),
                        name="audit_block_holds_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Sealing",
            fields=[
                ("one", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("xid", models.BigIntegerField()),
                ("shift", models.BigIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(one=True), name="audit_sealing_one_row")
                ],
            },
        ),
        migrations.RunSQL(_RULES, migrations.RunSQL.noop),
    ]
