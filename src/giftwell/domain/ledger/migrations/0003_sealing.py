"""Where transfers are sealed: the blocks, which accounts each block moved, and how far the sealing has come."""

from typing import ClassVar

from django.db import migrations, models

_RULES = """
alter table ledger_block alter column leaves set storage external;
alter table ledger_block enable row level security;
create policy everyone on ledger_block for select using (true);
alter table ledger_block_account enable row level security;
alter table ledger_sealing enable row level security;
create policy nobody on ledger_block_account for select using (false);
create policy nobody on ledger_sealing for select using (false);
insert into ledger_sealing (one, xid, shift, secret) values
  (true, 0, 0, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))
  on conflict do nothing;
"""


class Migration(migrations.Migration):
    """Blocks are hashes and may be seen by anybody; which accounts they moved, and the secret, by nobody."""

    dependencies: ClassVar = [("ledger", "0002_policies")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Block",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first_leaf", models.BigIntegerField()),
                ("postings", models.IntegerField()),
                ("last_xid", models.BigIntegerField()),
                ("last_posting_id", models.UUIDField()),
                ("root", models.BinaryField()),
                ("previous", models.BinaryField()),
                ("hash", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
                ("leaves", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(number__gte=1, postings__gte=1, first_leaf__gte=0),
                        name="ledger_block_holds_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BlockAccount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account_id", "block", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("block", models.BigIntegerField()),
            ],
            options={"db_table": "ledger_block_account"},
        ),
        migrations.CreateModel(
            name="Sealing",
            fields=[
                ("one", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("xid", models.BigIntegerField()),
                ("shift", models.BigIntegerField()),
                ("secret", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(one=True), name="ledger_sealing_one_row")
                ],
            },
        ),
        migrations.RunSQL(_RULES, migrations.RunSQL.noop),
    ]
