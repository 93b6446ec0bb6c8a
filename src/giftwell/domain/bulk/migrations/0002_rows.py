"""Where the rows of checked files lie, and who may read the tables of bulk."""

from typing import ClassVar

from django.db import migrations

from giftwell.foundation.tenancy.policies import protect

# No policy: a table with one refuses COPY. The runtime role may write here and not read (config/migrate.py); it
# reads through functions that compare the merchant, and a trigger compares it where rows are written.
_ROWS = """
create table bulk_row (
    batch_id uuid not null,
    row_no integer not null,
    card_id uuid not null,
    value_minor bigint not null check (value_minor > 0),
    expires_at timestamptz,
    reference text not null,
    code_hash bytea,
    code_encrypted bytea,
    last4 text,
    primary key (batch_id, row_no)
);
create index bulk_row_card on bulk_row (batch_id, card_id)
"""


class Migration(migrations.Migration):
    """The table of rows; policies of the others."""

    dependencies: ClassVar = [("bulk", "0001_initial")]

    operations: ClassVar = [
        migrations.RunSQL(_ROWS, "drop table bulk_row"),
        protect("bulk_batch"),
        protect("bulk_problem"),
        protect("bulk_piece"),
        protect("bulk_export"),
    ]
