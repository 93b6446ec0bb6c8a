-- reads: ledger_account, ledger_posting, ledger_transfer, ledger_hold
--
-- Reversal: the exact mirror of one posting, at most once; or, where the cause was never seen, the
-- certainty that it never will be. In three steps, so that a floor above can judge between the last two:
-- find or bury, lock, mirror.

-- What a cause did; or, where it was never seen, a tombstone in its place, so that it never does anything.
create or replace function ledger.find_or_bury(merchant uuid, undone text, by text, at timestamptz,
                                               out original uuid, out kind text, out is_new boolean)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  tombstone constant uuid := uuidv7();
begin
  perform ledger.refuse_other_scope(array[merchant]);
  -- The tombstone and the late original meet at the unique index: the second waits for the first to end,
  -- and finds it. Where the original has the place this inserts nothing, and it is found below.
  insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at)
  values (tombstone, merchant, 'tombstone', 'XXX', undone, '', by, at)
  on conflict (merchant_id, cause) do nothing;
  select posting.id, posting.kind, posting.id = tombstone into original, kind, is_new
  from ledger_posting posting where posting.merchant_id = merchant and posting.cause = undone;
end $$;

-- The accounts that what these causes did touched.
create or replace function ledger.accounts_of_causes(merchants uuid[], causes text[]) returns bigint[]
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  perform ledger.refuse_other_scope(merchants);
  return array(
    select touched.account_id
    from unnest(merchants, causes) wanted(merchant_id, cause)
    join ledger_posting original on original.merchant_id = wanted.merchant_id and original.cause = wanted.cause
    cross join lateral (
      select debit_id from ledger_transfer where posting_id = original.id
      union select credit_id from ledger_transfer where posting_id = original.id
      union select account_id from ledger_hold where id = original.id
    ) touched(account_id));
end $$;

-- Mirrors one posting whose accounts are locked; a hold is voided. Rare, so plain: a loop of these is the set.
create or replace function ledger.mirror(merchant uuid, undone uuid, by text, refused text, at timestamptz)
returns setof ledger.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  original ledger_posting;
  legs bigint[];
  subject bigint;
  mirror ledger.move;
begin
  perform ledger.refuse_other_scope(array[merchant]);
  select * into original from ledger_posting where id = undone and merchant_id = merchant;
  if original.id is null or original.kind in ('reversal', 'void', 'tombstone') then
    return query select 1, coalesce(refused, 'not_reversible'), null::uuid, null::bigint, null::bigint, null::bigint,
                        null::bytea, null::timestamptz;
    return;
  end if;
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

-- Undoes what each cause did. Answers `done` with the mirror's posting (or the tombstone's), `replayed`
-- when it was undone before, else why not. `refusals` are said by the floor above.
create or replace function ledger.reverse(merchants uuid[], causes text[], actors text[], refusals text[],
                                          at timestamptz) returns setof ledger.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  found record;
begin
  perform ledger.refuse_other_scope(merchants);
  perform ledger.lock(ledger.accounts_of_causes(merchants, causes), at);
  for i in 1 .. coalesce(cardinality(causes), 0) loop
    found := null;
    if refusals[i] is null then
      found := ledger.find_or_bury(merchants[i], causes[i], actors[i], at);
    else
      -- What is refused leaves nothing behind, a tombstone neither.
      select posting.id as original, posting.kind::text as kind, false as is_new into found
      from ledger_posting posting where posting.merchant_id = merchants[i] and posting.cause = causes[i];
    end if;
    if found.kind = 'tombstone' then
      return query select i, case when found.is_new then 'done' else 'replayed' end, found.original, 0::bigint,
                          null::bigint, null::bigint, null::bytea, posted_at
                   from ledger_posting where id = found.original;
    else
      -- The original may have committed since the accounts were locked: now they are, or again.
      perform ledger.lock(ledger.accounts_of_causes(array[merchants[i]], array[causes[i]]), at);
      return query select i, outcome, posting_id, amount_minor, balance_minor, available_minor, fingerprint, posted_at
                   from ledger.mirror(merchants[i], found.original, actors[i], refusals[i], at);
    end if;
  end loop;
end $$;

drop function if exists ledger.reverse_one(uuid, text, text, text, timestamptz);
revoke execute on all functions in schema ledger from public;
grant execute on function ledger.reverse(uuid[], text[], text[], text[], timestamptz) to giftwell_owner, giftwell_app;
grant execute on function ledger.find_or_bury(uuid, text, text, timestamptz),
  ledger.accounts_of_causes(uuid[], text[]), ledger.mirror(uuid, uuid, text, text, timestamptz) to giftwell_owner;
