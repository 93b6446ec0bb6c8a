-- reads: ledger_account, ledger_posting, ledger_hold
--
-- Holds: value that is set aside on an account. A hold is placed by a posting of kind `hold` without
-- transfers and has that posting's id; captures may take from it in parts, and it is resolved once, by its
-- last capture, a void, or by lapsing.

-- Writes what the moves that posted did to holds. Private to post_locked.
create or replace function ledger.keep_holds(moves ledger.move[], answers ledger.answer[], at timestamptz) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
begin
  with changed as materialized (
    select answer.posting_id, answer.amount_minor, move.merchant_id, move.kind, move.currency, move.subject_id,
      move.of_id, move.held, move.held_until
    from unnest(moves) with ordinality move
    join unnest(answers) answer on answer.idx = move.ordinality
    where answer.outcome = 'done' and move.held <> 0
  ),
  placed as (
    insert into ledger_hold (id, merchant_id, account_id, currency, amount_minor, captured_minor, state, expires_at)
    select posting_id, merchant_id, subject_id, currency, held, 0, 'live', held_until from changed where held > 0
  )
  update ledger_hold hold
  set state = case when changed.held_until is not null then 'live' when changed.kind = 'capture' then 'captured'
                   else 'voided' end,
      resolved_at = case when changed.held_until is null then at end,
      -- What a capture took beyond the hold came from what was available.
      captured_minor = hold.captured_minor + case changed.kind when 'capture'
        then least(changed.amount_minor, hold.amount_minor - hold.captured_minor) else 0 end
  from changed where hold.id = changed.of_id and changed.held < 0;
end $$;

-- Judges the holds that moves name, under the lock, and fills in what resolving them frees.
create or replace function ledger.judge_holds(moves ledger.move[], at timestamptz) returns ledger.move[]
language plpgsql stable set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
begin
  return array(
    select row(move.merchant_id, kind, move.currency, cause, fingerprint, actor, hold.account_id,
      case
        when refusal is not null then refusal
        when hold.id is null then 'hold_not_found'
        when subject_id <> hold.account_id then 'hold_not_found'
        -- Its expiry decides, not whether a job has been by.
        when hold.state <> 'live' or hold.expires_at <= at then 'hold_not_live'
        when taken.amount - coalesce(held, 0) > hold.amount_minor - hold.captured_minor then 'capture_exceeds_hold'
      end,
      debit1, credit1, amount1, debit2, credit2, amount2, debit3, credit3, amount3, debit4, credit4, amount4,
      of_id,
      case when held_until is null then hold.captured_minor - hold.amount_minor
           else -least(taken.amount, hold.amount_minor - hold.captured_minor) end,
      -- A part that takes all that is left is the last one.
      case when held_until is not null and taken.amount < hold.amount_minor - hold.captured_minor
           then hold.expires_at end)::ledger.move
    from unnest(moves) with ordinality move
    left join ledger_hold hold on hold.id = of_id and hold.merchant_id = move.merchant_id
    cross join lateral (
      select coalesce(sum(amount), 0)::bigint as amount
      from (values (amount1), (amount2), (amount3), (amount4)) legs(amount)
      where amount between 0 and 999999999999) taken
    order by move.ordinality);
end $$;

-- Works through holds that are to be resolved: their accounts locked, then run by run, judged and posted.
create or replace function ledger.resolve_holds(moves ledger.move[], at timestamptz) returns setof ledger.answer
language plpgsql set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  run record;
begin
  perform ledger.lock(array(
    select account_id from ledger_hold where id in (select of_id from unnest(moves))
    union
    select account_id from unnest(moves), lateral (values (debit1), (credit1), (debit2), (credit2), (debit3), (credit3),
      (debit4), (credit4)) legs(account_id) where account_id is not null), at);
  for run in
    select lo, hi from ledger.runs(
      array(select concat(merchant_id, ' ', cause) from unnest(moves) with ordinality m order by ordinality),
      array(select of_id::text from unnest(moves) with ordinality m order by ordinality))
  loop
    return query select idx + run.lo - 1, outcome, posting_id, amount_minor, balance_minor, available_minor,
                        fingerprint, posted_at
                 from ledger.post_locked(ledger.judge_holds(moves[run.lo:run.hi], at), at);
  end loop;
end $$;

-- Places holds: moves of kind `hold` without legs, `held` above zero and `held_until` in the future.
create or replace function ledger.hold(moves ledger.move[], at timestamptz) returns setof ledger.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  run record;
begin
  perform ledger.refuse_other_scope(array(select merchant_id from unnest(moves)));
  perform ledger.lock(array(select subject_id from unnest(moves) where subject_id is not null), at);
  moves := array(
    select row(merchant_id, 'hold', currency, cause, fingerprint, actor, subject_id,
      case when refusal is not null then refusal when (held > 0) is not true then 'amount_invalid'
           when (held_until > at) is not true then 'lifetime_invalid' end,
      null, null, null, null, null, null, null, null, null, null, null, null, null, held, held_until)::ledger.move
    from unnest(moves) with ordinality move order by move.ordinality);
  for run in
    select lo, hi from ledger.runs(
      array(select concat(merchant_id, ' ', cause) from unnest(moves) with ordinality m order by ordinality), null)
  loop
    return query select idx + run.lo - 1, outcome, posting_id, amount_minor, balance_minor, available_minor,
                        fingerprint, posted_at
                 from ledger.post_locked(moves[run.lo:run.hi], at);
  end loop;
end $$;

-- Captures holds: each move names its hold and the legs that spend it, together at most what is still held
-- and `held` more (a tip): what exceeds the hold is taken from what is available. The rest of the hold is
-- released, unless the move has a `held_until`: then it lives on as it was placed. The ledger finds the
-- subject.
create or replace function ledger.capture(moves ledger.move[], at timestamptz) returns setof ledger.answer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform ledger.refuse_other_scope(array(select merchant_id from unnest(moves)));
  return query select * from ledger.resolve_holds(array(
    select row(merchant_id, 'capture', currency, cause, fingerprint, actor, subject_id, refusal, debit1, credit1,
      amount1, debit2, credit2, amount2, debit3, credit3, amount3, debit4, credit4, amount4, of_id, held,
      held_until)::ledger.move from unnest(moves) with ordinality move order by move.ordinality), at);
end $$;

-- Voids holds: each move names its hold, and its legs are ignored.
create or replace function ledger.void(moves ledger.move[], at timestamptz) returns setof ledger.answer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  perform ledger.refuse_other_scope(array(select merchant_id from unnest(moves)));
  return query select * from ledger.resolve_holds(array(
    select row(merchant_id, 'void', currency, cause, fingerprint, actor, subject_id, refusal, null, null, null, null,
      null, null, null, null, null, null, null, null, of_id, null, null)::ledger.move
    from unnest(moves) with ordinality move order by move.ordinality), at);
end $$;

-- Lets go of up to `at_most` holds that were over by `at`, the oldest first, and answers how many. Money
-- does not wait for it (see ledger.lock); it keeps the list of live holds clean and tells of the lapse in
-- time.
create or replace function ledger.lapse_holds(at timestamptz, at_most integer) returns bigint
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  accounts bigint[];
begin
  accounts := array(select account_id from ledger_hold where state = 'live' and expires_at <= at
                    order by expires_at limit at_most);
  perform from ledger_account where id = any (accounts) order by id for no key update;
  return ledger.let_go(accounts, at);
end $$;

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.hold(ledger.move[], timestamptz), ledger.capture(ledger.move[], timestamptz),
  ledger.void(ledger.move[], timestamptz) to giftwell_owner, giftwell_app;
grant execute on function ledger.lapse_holds(timestamptz, integer) to giftwell_app;
