"""Row-level security, written in migrations: `operations += [protect("cards_card")]`.

Policies are enabled and never forced: the runtime role owns nothing, so they always bind it, while definer
functions and migrations run as the owners. The setting is read through a sub-select, so that it is read once
a query and not once a row.
"""

from django.db.migrations import RunSQL

MERCHANT = "(select nullif(current_setting('app.merchant', true), '')::uuid)"
PERSON = "(select nullif(current_setting('app.person', true), '')::uuid)"
_IS_PLATFORM = "(select current_setting('app.scope', true)) = 'platform'"
_IS_PUBLIC = "(select current_setting('app.scope', true)) = 'public'"


def protect(
    table: str, *, merchant: str = "merchant_id", person_sql: str | None = None, public_sql: str | None = None
) -> RunSQL:
    """Give a tenant table its policies: its merchant and the platform read and write, nobody else sees a row.

    `merchant` is the column that names the tenant. `person_sql` and `public_sql` are conditions under which a
    person (compare with `PERSON`) or the public may read a row too, never write it.
    """
    own = f"{merchant} = {MERCHANT} or {_IS_PLATFORM}"
    statements = [
        f"alter table {table} enable row level security",
        f"create policy tenant on {table} using ({own}) with check ({own})",
    ]
    if person_sql:
        statements.append(f"create policy person on {table} for select using ({person_sql})")
    if public_sql:
        statements.append(
            f"create policy public on {table} for select using ({_IS_PUBLIC} and ({public_sql}))"
        )
    undo = [f"drop policy if exists {name} on {table}" for name in ("public", "person", "tenant")]
    undo.append(f"alter table {table} disable row level security")
    return RunSQL(";\n".join(statements), ";\n".join(undo))
