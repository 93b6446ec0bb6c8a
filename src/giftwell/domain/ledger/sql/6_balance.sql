-- reads: ledger_account, ledger_posting, ledger_transfer, ledger_hold, ledger_rollup, ledger_horizon
--
-- Balances. A guarded account carries its own; every other one is folded: what is rolled up, plus the tail
-- of transfers behind the horizon.

-- Folds the transfers of all transactions that have ended since the last time into the rollup; answers what
-- it took.
create or replace function ledger.roll(out folded bigint, out lo bigint, out hi bigint)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  -- One roller at a time; a second one waits here and then finds nothing left.
  select xid into lo from ledger_horizon for update;
  -- Every transaction below has ended: its rows are all here, or never will be. A transaction id and not a
  -- time, because a transaction may commit long after its rows were made.
  hi := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  folded := 0;
  if hi <= lo then
    hi := lo;
    return;
  end if;
  with tail as materialized (
    select debit_id, credit_id, amount_minor from ledger_transfer where xid >= lo and xid < hi
  ),
  sums as (
    select account_id, sum(amount)::bigint as amount
    from tail, lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
    group by account_id
  ),
  rolled as (
    insert into ledger_rollup as rollup (account_id, balance_minor)
    select account_id, amount from sums join ledger_account account on account.id = account_id and not account.guarded
    on conflict (account_id) do update set balance_minor = rollup.balance_minor + excluded.balance_minor
  )
  select count(*) into folded from tail;
  update ledger_horizon set xid = hi;
end $$;

-- Folds everything behind the horizon anew, as if nothing had been rolled up; answers of how many accounts, and how many
-- of them said something else before. For an operator, after `verify` found the rollup wrong or after a restore.
create or replace function ledger.rebuild_rollup(out accounts bigint, out corrected bigint)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set work_mem = '256MB' as $$
declare
  hi bigint;
begin
  if current_setting('app.scope', true) is distinct from 'platform' then
    raise insufficient_privilege using message = 'the rollup is rebuilt in the scope of the platform';
  end if;
  -- The roller waits here, and goes on from the new horizon; readers see the old rollup or the new one, never a mixture.
  perform from ledger_horizon for update;
  hi := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  with sums as materialized (
    select account_id, sum(amount)::bigint as balance
    from ledger_transfer, lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
    join ledger_account account on account.id = account_id and not account.guarded
    where xid < hi group by account_id
  ),
  gone as (
    delete from ledger_rollup where account_id not in (select account_id from sums) returning 1
  ),
  put as (
    insert into ledger_rollup as rollup (account_id, balance_minor) select account_id, balance from sums
    on conflict (account_id) do update set balance_minor = excluded.balance_minor
      where rollup.balance_minor <> excluded.balance_minor
    returning 1
  )
  select (select count(*) from sums), (select count(*) from gone) + (select count(*) from put) into accounts, corrected;
  update ledger_horizon set xid = hi;
end $$;

-- Whether any transfer says that it was written by a transaction that this server has not had yet: then the books came
-- from another one by a logical restore, and nothing would ever be rolled up or sealed. What is seen has ended, so its
-- true id lies below the snapshot's end.
create or replace function ledger.is_from_future() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
  select exists (select from ledger_transfer where xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
$$;

-- The exact balance of one account of this merchant or of the platform (credits minus debits), null where
-- it is not theirs. ONE statement, so that rollup, horizon and tail are seen in one snapshot.
create or replace function ledger.balance(merchant uuid, account bigint) returns bigint
language sql stable security definer
set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
  select case when owned.guarded then owned.balance_minor else
      coalesce((select balance_minor from ledger_rollup where account_id = owned.id), 0)
      + coalesce((select sum(case when credit_id = owned.id then amount_minor else -amount_minor end)::bigint
                  from ledger_transfer
                  where xid >= (select xid from ledger_horizon) and owned.id in (credit_id, debit_id)), 0) end
  from ledger_account owned
  where owned.id = account and owned.merchant_id = merchant
    and merchant = coalesce(nullif(current_setting('app.merchant', true), '')::uuid, merchant)
$$;

-- What cards hold and what of it can be spent at an instant. Available leaves out the holds that are live
-- then; the account's own `held` may still count one that is over.
create or replace function ledger.card_balances(merchants uuid[], accounts bigint[], at timestamptz)
returns table (idx integer, balance_minor bigint, available_minor bigint)
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
begin
  perform ledger.refuse_other_scope(merchants);
  return query
    select i::integer, account.balance_minor, account.balance_minor - case when account.held_minor = 0 then 0 else
        coalesce((select sum(hold.amount_minor - hold.captured_minor)::bigint from ledger_hold hold
                  where hold.account_id = account.id and hold.expires_at > at and hold.state = 'live'), 0) end
    from unnest(merchants, accounts) with ordinality asked(merchant_id, account_id, i)
    join ledger_account account on account.id = asked.account_id and account.merchant_id = asked.merchant_id
      and account.guarded
    order by i;
end $$;

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.roll() to giftwell_app;
grant execute on function ledger.rebuild_rollup() to giftwell_app;
grant execute on function ledger.is_from_future() to giftwell_app;
grant execute on function ledger.balance(uuid, bigint) to giftwell_owner, giftwell_app;
grant execute on function ledger.card_balances(uuid[], bigint[], timestamptz) to giftwell_owner, giftwell_app;
