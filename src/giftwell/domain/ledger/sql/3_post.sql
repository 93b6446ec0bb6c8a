-- reads: ledger_account, ledger_posting, ledger_transfer
--
-- The one way in. `post_set` is the only function in the system that writes postings, transfers and
-- balances. The doors (`post` below; `hold`, `capture`, `void` in 4_holds.sql; redemption's) lock, judge,
-- and call it.

-- Makes a set of postings on accounts that the caller has locked, each at most once; an answer for each, in
-- their order. Within the set no cause may repeat, and only a move that is alone may credit a second guarded
-- account (doors cut their batches so). One bad move never fails its neighbours.
create or replace function ledger.post_set(moves ledger.move[], at timestamptz) returns ledger.answer[]
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  scope constant uuid := nullif(current_setting('app.merchant', true), '')::uuid;
  unanswered constant ledger.answer[] := array_fill(null::ledger.answer, array[coalesce(cardinality(moves), 0)]);
  unchanged constant bigint[] := array_fill(null::bigint, array[coalesce(cardinality(moves), 0)]);
  answers ledger.answer[];
  changes bigint[];          -- of each subject's balance, by the move's place
  step record;
  outcome text;
  subject bigint;
  balance bigint;
  held bigint;
  has_posts boolean;
  has_holds boolean;
  has_seconds boolean;
begin
  -- A cause that another transaction commits between our look and our insert breaks the unique index: the
  -- inner block undoes the whole set and judges it again, now seeing that posting. Every turn has a winner,
  -- so turns are few.
  for attempt in 1..10 loop
    begin
      answers := unanswered;
      changes := unchanged;
      subject := null;
      balance := null;
      held := null;
      has_posts := false;
      has_holds := false;
      has_seconds := false;

      -- What each subject holds after each step, as if one after the other: a step that does not fit changes
      -- nothing.
      for step in select * from ledger.judged(moves) order by subject_id, idx loop
        if scope is not null and step.merchant_id is distinct from scope then
          perform ledger.refuse_other_scope(array[step.merchant_id]);
        end if;
        if step.subject_id is distinct from subject then
          subject := step.subject_id;
          balance := step.balance_before;
          held := step.held_before;
        end if;
        outcome := case
          when step.old_kind = 'tombstone' then 'reversed'
          when step.old_kind = step.kind and step.old_fingerprint = step.fingerprint then 'replayed'
          when step.old_id is not null then 'conflict'
          when step.wrong is not null then step.wrong
          when balance + step.change < held + step.held then 'insufficient_funds'
          else 'done'
        end;
        -- What a caller may know: of an effect everything, of a conflict only the fingerprint, of a refusal
        -- only why.
        if outcome = 'done' then
          balance := balance + step.change;
          held := held + step.held;
          has_posts := true;
          has_holds := has_holds or step.held <> 0;
          has_seconds := has_seconds or step.second_guarded;
          changes[step.idx] := step.change;
          answers[step.idx] := row(step.idx, outcome, uuidv7(), step.moved, balance, balance - held, null, at)::ledger.answer;
        elsif outcome = 'replayed' then
          answers[step.idx] := row(step.idx, outcome, step.old_id, step.old_amount, step.old_balance,
                                   step.old_available, null, step.old_at)::ledger.answer;
        else
          answers[step.idx] := row(step.idx, outcome, null, null, null, null,
                                   case outcome when 'conflict' then step.old_fingerprint end, null)::ledger.answer;
        end if;
      end loop;

      if has_seconds and cardinality(moves) > 1 then
        raise 'a move that credits a second guarded account must be alone in its set';
      end if;
      if has_posts then
        perform ledger.write_set(moves, answers, changes, has_seconds, at);
      end if;
      if has_seconds then
        perform ledger.credit_others(moves[1]);
      end if;
      if has_holds then
        perform ledger.keep_holds(moves, answers, at);
      end if;
      return answers;
    exception when unique_violation then
      if attempt = 10 then
        raise;
      end if;
    end;
  end loop;
end $$;

-- Writes what post_set decided: postings, their transfers, and the subjects' new balances. Private to it.
create or replace function ledger.write_set(moves ledger.move[], answers ledger.answer[], changes bigint[],
                                            has_seconds boolean, at timestamptz) returns void
language plpgsql as $$
#variable_conflict use_column
begin
  with booked as materialized (
    select * from unnest(moves, answers, changes)
      row_of(merchant_id, kind, currency, cause, fingerprint, actor, subject_id, refusal, debit1, credit1, amount1,
             debit2, credit2, amount2, debit3, credit3, amount3, debit4, credit4, amount4, of_id, held, held_until,
             idx, outcome, posting_id, moved, balance_after, available_after, others_fingerprint, posted_at, change)
    where outcome = 'done'
  ),
  -- In the order of the unique index: two batches that share causes then wait for each other one way only.
  posted as (
    insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at,
                                of_id, amount_minor, balance_minor, available_minor)
    select posting_id, merchant_id, kind, currency, cause, coalesce(fingerprint, ''), actor, at, of_id, moved,
           balance_after, available_after
    from booked order by merchant_id, cause
  ),
  transferred as (
    insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor,
                                 debit_balance_minor, credit_balance_minor)
    select posting_id, leg, merchant_id, debit_id, credit_id, amount,
      case when debit_id = subject_id then balance_after end,
      case when credit_id = subject_id then balance_after
           when has_seconds then ledger.balance_after_credit(credit_id,
             array[credit1, credit2, credit3, credit4], array[amount1, amount2, amount3, amount4]) end
    from booked, lateral (values (1, debit1, credit1, amount1), (2, debit2, credit2, amount2),
                                 (3, debit3, credit3, amount3), (4, debit4, credit4, amount4)
                         ) legs(leg, debit_id, credit_id, amount)
    where amount > 0
  )
  -- Relative updates only. A balance below zero or below its holds breaks the table's constraint, never the
  -- books.
  update ledger_account account
  set balance_minor = account.balance_minor + sums.change, held_minor = account.held_minor + sums.held
  from (
    select subject_id, sum(change)::bigint as change, sum(coalesce(held, 0))::bigint as held
    from booked where subject_id is not null group by subject_id
  ) sums
  where account.id = sums.subject_id and account.guarded;
end $$;

-- Adds to the guarded accounts other than its subject what a move that is alone in its set credits. Private
-- to post_set.
create or replace function ledger.credit_others(move ledger.move) returns void
language sql as $$
  update ledger_account account set balance_minor = account.balance_minor + sums.amount
  from (
    select account_id, sum(amount)::bigint as amount
    from (values (move.credit1, move.amount1), (move.credit2, move.amount2), (move.credit3, move.amount3),
                 (move.credit4, move.amount4)) credits(account_id, amount)
    where amount > 0 and account_id is distinct from move.subject_id group by account_id
  ) sums
  where account.id = sums.account_id and account.guarded
$$;

-- The same as a set of rows.
create or replace function ledger.post_locked(moves ledger.move[], at timestamptz) returns setof ledger.answer
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  select * from unnest(ledger.post_set(moves, at))
$$;

-- The balance of a guarded account that is not the subject, after all the credits of a move that is alone
-- in its set.
create or replace function ledger.balance_after_credit(account bigint, credits bigint[], amounts bigint[]) returns bigint
language sql stable set search_path = pg_catalog, public, pg_temp as $$
  select balance_minor + (select sum(amount) from unnest(credits, amounts) leg(credit_id, amount) where credit_id = id)::bigint
  from ledger_account where id = account and guarded
$$;

-- Makes postings of any kind without holds: locks every account that the moves touch, then posts them in
-- order.
create or replace function ledger.post(moves ledger.move[], at timestamptz) returns setof ledger.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  run record;
begin
  perform ledger.refuse_other_scope(array(select merchant_id from unnest(moves)));
  if exists (select from unnest(moves) where held <> 0) then
    raise 'holds are placed, captured and voided by their own functions';
  end if;
  perform ledger.lock(array(
    select account_id from unnest(moves) m, lateral (values (subject_id), (debit1), (credit1), (debit2), (credit2),
      (debit3), (credit3), (debit4), (credit4)) touched(account_id) where account_id is not null), at);
  for run in
    select lo, hi from ledger.runs(
      array(select concat(merchant_id, ' ', cause) from unnest(moves) with ordinality m order by ordinality),
      -- Where any move credits a second guarded account, each move is a run of its own.
      array(select case when bool_or(second) over () then 'one by one' end
            from unnest(moves) with ordinality m, lateral (
              select exists (select from ledger_account where guarded and id is distinct from subject_id
                             and id in (credit1, credit2, credit3, credit4)) as second) s order by ordinality))
  loop
    return query select idx + run.lo - 1, outcome, posting_id, amount_minor, balance_minor, available_minor,
                        fingerprint, posted_at
                 from ledger.post_locked(moves[run.lo:run.hi], at);
  end loop;
end $$;

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.post_set(ledger.move[], timestamptz), ledger.post_locked(ledger.move[], timestamptz)
  to giftwell_owner;
grant execute on function ledger.post(ledger.move[], timestamptz) to giftwell_owner, giftwell_app;
