"""Who may read the books, how the rows lie, and that history is only added to."""

from typing import ClassVar

from django.db import migrations

from giftwell.foundation.tenancy.policies import protect

_STORAGE = """
alter table ledger_account set (fillfactor = 80);
alter table ledger_hold set (fillfactor = 70);
alter table ledger_rollup set (fillfactor = 50);
insert into ledger_horizon (one, xid) values (true, 0) on conflict do nothing;
"""
# Folded balances belong to accounts of many owners: they are read through ledger.balance, which compares the merchant.
_PLATFORM_ONLY = """
alter table {table} enable row level security;
create policy platform on {table} for select using ((select current_setting('app.scope', true)) = 'platform');
"""


class Migration(migrations.Migration):
    """Policies and storage of the ledger's tables."""

    dependencies: ClassVar = [("ledger", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(_STORAGE, migrations.RunSQL.noop),
        protect("ledger_account"),
        protect("ledger_posting"),
        protect("ledger_transfer"),
        protect("ledger_hold"),
        *(
            migrations.RunSQL(
                _PLATFORM_ONLY.format(table=table),
                f"drop policy platform on {table}; alter table {table} disable row level security",
            )
            for table in ("ledger_rollup", "ledger_horizon")
        ),
    ]
