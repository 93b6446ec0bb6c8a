-- reads: ledger_account, ledger_posting, ledger_transfer, ledger_hold, ledger_rollup, ledger_horizon
--
-- History is only added to. The runtime role has no update or delete here; these triggers hold owners and
-- operators to it too. They fire a statement, not a row, and not on insert: the hot path pays nothing.

create or replace function ledger.refuse_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise insufficient_privilege using message = format('%s is append-only: %s is refused', tg_table_name, lower(tg_op));
end $$;

create or replace trigger append_only before update or delete or truncate on public.ledger_posting
  for each statement execute function ledger.refuse_change();
create or replace trigger append_only before update or delete or truncate on public.ledger_transfer
  for each statement execute function ledger.refuse_change();

-- Functions of the floors above run as giftwell_owner, which owns no ledger table: it may read all rows,
-- and compares the merchant itself.
do $$
declare
  one text;
begin
  foreach one in array array['ledger_account', 'ledger_posting', 'ledger_transfer', 'ledger_hold', 'ledger_rollup',
                             'ledger_horizon'] loop
    execute format('drop policy if exists floors_above on public.%I', one);
    execute format('create policy floors_above on public.%I for select to giftwell_owner using (true)', one);
  end loop;
end $$;

revoke execute on all functions in schema ledger from public;
