-- reads: ledger_check
--
-- What a check of the books found, as the job that ran it says. It is kept by a function, as all of the ledger is.

create or replace function ledger.keep_check(at timestamptz, took bigint, sound boolean, answers jsonb, findings jsonb,
                                             number bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  kept bigint;
begin
  if current_setting('app.scope', true) is distinct from 'platform' then
    raise insufficient_privilege using message = 'the books are checked in the scope of the platform';
  end if;
  insert into ledger_check (checked_at, took_ms, is_sound, laws, chain, blocks)
  values (at, took, sound, answers, findings, number) returning id into kept;
  return kept;
end $$;

create or replace trigger append_only before update or delete or truncate on public.ledger_check
  for each statement execute function ledger.refuse_change();

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.keep_check(timestamptz, bigint, boolean, jsonb, jsonb, bigint) to giftwell_app;
