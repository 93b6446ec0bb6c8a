-- reads: ledger_account, ledger_posting, ledger_transfer, ledger_hold
--
-- Reversal: the exact mirror of one posting, at most once; or, where the cause was never seen, the
-- certainty that it never will be.

-- Undoes what each cause did. Answers `done` with the mirror's posting (or the tombstone's), `replayed`
-- when it was undone before, else why not. `refusals` are said by the floor above (`already_refunded`).
create or replace function ledger.reverse(merchants uuid[], causes text[], actors text[], refusals text[],
                                          at timestamptz) returns setof ledger.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  accounts bigint[];
begin
  perform ledger.refuse_other_scope(merchants);
  accounts := array(
    select touched.account_id
    from unnest(merchants, causes) wanted(merchant_id, cause)
    join ledger_posting original on original.merchant_id = wanted.merchant_id and original.cause = wanted.cause
    cross join lateral (
      select debit_id from ledger_transfer where posting_id = original.id
      union select credit_id from ledger_transfer where posting_id = original.id
      union select account_id from ledger_hold where id = original.id
    ) touched(account_id));
  perform ledger.lock(accounts, at);
  for i in 1 .. coalesce(cardinality(causes), 0) loop
    return query select i, outcome, posting_id, amount_minor, balance_minor, available_minor, fingerprint, posted_at
                 from ledger.reverse_one(merchants[i], causes[i], actors[i], refusals[i], at);
  end loop;
end $$;

-- One reversal, its accounts locked. Rare, so plain: a loop of these is the set.
create or replace function ledger.reverse_one(merchant uuid, undone text, by text, refused text, at timestamptz)
returns setof ledger.answer
language plpgsql set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  original ledger_posting;
  hold ledger_hold;
  legs bigint[];
  subject bigint;
  mirror ledger.move;
  tombstone uuid := uuidv7();
begin
  -- The tombstone and the late original meet at the unique index: whichever commits first is found by the
  -- other. Without a row of its own the tombstone goes in; with one, this is a no-op and the original is
  -- found below.
  insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at)
  select tombstone, merchant, 'tombstone', 'XXX', undone, '', by, at where refused is null
  on conflict (merchant_id, cause) do nothing;
  select * into original from ledger_posting where merchant_id = merchant and cause = undone;
  if original.kind = 'tombstone' then
    return query select 1, case original.id when tombstone then 'done' else 'replayed' end, original.id, 0::bigint,
                        null::bigint, null::bigint, null::bytea, original.posted_at;
    return;
  elsif original.id is null or original.kind = 'reversal' or original.kind = 'void' then
    return query select 1, coalesce(refused, 'not_reversible'), null::uuid, null::bigint, null::bigint, null::bigint,
                        null::bytea, null::timestamptz;
    return;
  end if;

  -- The original may have committed since the lock was taken: its accounts are locked now, or again.
  perform ledger.lock(array(
    select debit_id from ledger_transfer where posting_id = original.id
    union select credit_id from ledger_transfer where posting_id = original.id
    union select account_id from ledger_hold where id = original.id), at);
  select array_agg(leg order by leg) into legs from ledger_transfer where posting_id = original.id;
  select account.id into subject
  from ledger_transfer transfer join ledger_account account on account.id in (transfer.debit_id, transfer.credit_id)
  where transfer.posting_id = original.id and account.guarded
  -- Where two guarded accounts took part, the one that the mirror takes from is judged.
  order by account.id = transfer.credit_id desc, account.id limit 1;
  select merchant, 'reversal', original.currency, 'reverse:' || original.id, '', by, subject, refused,
    l1.credit_id, l1.debit_id, l1.amount_minor, l2.credit_id, l2.debit_id, l2.amount_minor,
    l3.credit_id, l3.debit_id, l3.amount_minor, l4.credit_id, l4.debit_id, l4.amount_minor, original.id, null, null
  into mirror
  from (values (original.id)) o(id)
  left join ledger_transfer l1 on l1.posting_id = o.id and l1.leg = legs[1]
  left join ledger_transfer l2 on l2.posting_id = o.id and l2.leg = legs[2]
  left join ledger_transfer l3 on l3.posting_id = o.id and l3.leg = legs[3]
  left join ledger_transfer l4 on l4.posting_id = o.id and l4.leg = legs[4];

  if original.kind = 'hold' then
    mirror.kind := 'void';
    return query select * from ledger.resolve_holds(array[mirror], at);
  else
    return query select * from ledger.post_locked(array[mirror], at);
  end if;
end $$;

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.reverse(uuid[], text[], text[], text[], timestamptz) to giftwell_owner, giftwell_app;
