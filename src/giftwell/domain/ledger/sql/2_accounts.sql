-- reads: ledger_account, ledger_hold, events_event, audit_auditrow
--
-- Opening accounts, and the lock that everything which moves money takes first.

-- Opens the accounts that are not there yet and answers their ids in the order asked. An account never
-- changes its owner, kind, currency or subject, so whoever finds it may keep its id.
create or replace function ledger.open_accounts(merchants uuid[], kinds text[], currencies text[], subjects text[])
returns setof bigint
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  -- A merchant's scope may open the platform's side of its postings too, and nobody else's.
  perform ledger.refuse_other_scope(array(
    select m from unnest(merchants) m where m is distinct from '00000000-0000-0000-0000-000000000000'));
  -- Two openers of one account: the second waits for the first at the unique index, then finds the row below.
  insert into ledger_account (merchant_id, kind, currency, subject, guarded, balance_minor, held_minor)
  select distinct on (merchant, kind, currency, subject) merchant, kind, currency, subject, guarded,
         case when guarded then 0 end, case when guarded then 0 end
  from unnest(merchants, kinds, currencies, subjects) wanted(merchant, kind, currency, subject),
       lateral (select kind in ('card', 'payable', 'reserve', 'in_transit') as guarded) of_kind
  order by merchant, kind, currency, subject
  on conflict (merchant_id, kind, currency, subject) do nothing;
  return query
    select account.id
    from unnest(merchants, kinds, currencies, subjects) with ordinality wanted(merchant, kind, currency, subject, i)
    join ledger_account account on account.merchant_id = wanted.merchant and account.kind = wanted.kind
      and account.currency = wanted.currency and account.subject = wanted.subject
    order by wanted.i;
end $$;

-- The one lock order: account rows by id. A caller reads card status, holds and causes in a LATER
-- statement, whose snapshot is younger than the lock; a freeze, a capture or a repeated key that committed
-- first is then seen. With a time given, holds of these accounts that are over by then are let go, so that
-- they never stand in a spender's way.
create or replace function ledger.lock(accounts bigint[], at timestamptz default null) returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  has_holds boolean;
begin
  select bool_or(held_minor > 0) into has_holds
  from (select held_minor from ledger_account where id = any (accounts) and guarded order by id for no key update) locked;
  if has_holds and at is not null then
    perform ledger.let_go(accounts, at);
  end if;
end $$;

-- Lets the overdue holds of locked accounts go, with an event for each. Private: the lock must be held.
create or replace function ledger.let_go(accounts bigint[], at timestamptz) returns bigint
language plpgsql set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  gone bigint;
begin
  with overdue as (
    update ledger_hold set state = 'lapsed', resolved_at = at
    where account_id = any (accounts) and expires_at <= at and state = 'live'
    returning id, merchant_id, account_id, amount_minor - captured_minor as amount_minor, currency
  ),
  freed as (
    update ledger_account account set held_minor = account.held_minor - sums.amount_minor
    from (select account_id, sum(amount_minor)::bigint as amount_minor from overdue group by account_id) sums
    where account.id = sums.account_id
  ),
  named as materialized (
    select merchant_id, ledger.public_id('auth', id) as subject, amount_minor, currency from overdue
  ),
  told as (
    insert into events_event (id, merchant_id, type, subject, data, actor, at)
    select uuidv7(), merchant_id, 'authorization.lapsed', subject,
           jsonb_build_object('amount_minor', amount_minor, 'currency', currency), 'system:ledger', at
    from named
  ),
  audited as (
    insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
    select uuidv7(), merchant_id, 'authorization.lapsed', 'done', '', subject, 'system:ledger', '', at from named
  )
  select count(*) into gone from named;
  return gone;
end $$;

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.open_accounts(uuid[], text[], text[], text[]) to giftwell_owner, giftwell_app;
grant execute on function ledger.lock(bigint[], timestamptz) to giftwell_owner, giftwell_app;
