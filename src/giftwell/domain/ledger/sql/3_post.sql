-- reads: ledger_account, ledger_posting, ledger_transfer, ledger_hold
--
-- The one way in. `post_locked` is the only statement in the system that writes postings, transfers and
-- balances. The doors (`post` below; `hold`, `capture`, `void` in 4_holds.sql; redemption's) lock, judge,
-- and call it.

-- Makes a set of postings on accounts that the caller has locked, each at most once. Within the set no
-- cause may repeat, and only a move that is alone may credit a second guarded account (doors cut their
-- batches so). One bad move never fails its neighbours.
create or replace function ledger.post_locked(moves ledger.move[], at timestamptz) returns setof ledger.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  platform constant uuid := '00000000-0000-0000-0000-000000000000';
  highest constant bigint := 999999999999;
  answers ledger.answer[];
  has_holds boolean;
  has_seconds boolean;
begin
  perform ledger.refuse_other_scope(array(select merchant_id from unnest(moves)));
  -- A cause that another transaction commits between our look and our insert breaks the unique index: the
  -- inner block undoes the whole set and judges it again, now seeing that posting. Every turn has a winner,
  -- so turns are few.
  for attempt in 1..10 loop
    begin
      with
      -- The moves in order. One with an amount out of range is counted as zeros, so that no sum can overflow.
      asked as materialized (
        select i::integer as idx, merchant_id, kind, currency, cause, coalesce(fingerprint, '') as fingerprint, actor,
          subject_id, refusal, debit1, credit1, debit2, credit2, debit3, credit3, debit4, credit4, of_id, out_of_range,
          case when out_of_range then 0 else coalesce(amount1, 0) end as amount1,
          case when out_of_range then 0 else coalesce(amount2, 0) end as amount2,
          case when out_of_range then 0 else coalesce(amount3, 0) end as amount3,
          case when out_of_range then 0 else coalesce(amount4, 0) end as amount4,
          case when out_of_range then 0 else coalesce(held, 0) end as held
        from unnest(moves) with ordinality m(merchant_id, kind, currency, cause, fingerprint, actor, subject_id,
          refusal, debit1, credit1, amount1, debit2, credit2, amount2, debit3, credit3, amount3,
          debit4, credit4, amount4, of_id, held, held_until, i)
        cross join lateral (
          select (least(amount1, amount2, amount3, amount4) < 0
            or greatest(amount1, amount2, amount3, amount4) > highest
            or held not between -highest and highest) is true as out_of_range
        ) bounds
      ),
      -- Each beside its subject as it stands under the lock, the posting that has its cause, and what is
      -- wrong with it.
      judged as (
        select asked.*, subject.balance_minor as opening,
          subject.balance_minor - subject.held_minor as opening_available,
          old.id as old_id, old.kind as old_kind, old.fingerprint as old_fingerprint, old.amount_minor as old_amount,
          old.balance_minor as old_balance, old.available_minor as old_available, old.posted_at as old_at,
          legs.second_guarded,
          case subject_id when credit1 then amount1 when debit1 then -amount1 else 0 end
            + case subject_id when credit2 then amount2 when debit2 then -amount2 else 0 end
            + case subject_id when credit3 then amount3 when debit3 then -amount3 else 0 end
            + case subject_id when credit4 then amount4 when debit4 then -amount4 else 0 end as change,
          case
            when refusal is not null then refusal
            when out_of_range or amount1 + amount2 + amount3 + amount4 + abs(held) = 0 then 'amount_invalid'
            when legs.foreign_account or subject_id is not null and subject.id is null then 'account_not_found'
            when legs.other_currency or subject.currency <> asked.currency then 'wrong_currency'
            -- Only the subject of a move is judged, so only a subject may lose value that is guarded.
            when legs.guarded_debit or legs.onto_itself or subject_id is null and held <> 0 then 'legs_invalid'
          end as wrong
        from asked
        left join ledger_account subject
          on subject.id = subject_id and subject.guarded and subject.merchant_id = asked.merchant_id
        left join ledger_posting old on old.merchant_id = asked.merchant_id and old.cause = asked.cause
        cross join lateral (
          select bool_or((account.merchant_id in (asked.merchant_id, platform)) is not true) as foreign_account,
            bool_or(account.currency <> asked.currency) as other_currency,
            bool_or(account.guarded and debits and account_id is distinct from subject_id) as guarded_debit,
            bool_or(account.guarded and not debits and account_id is distinct from subject_id) as second_guarded,
            bool_or(account_id = other_id) as onto_itself
          from (values (true, debit1, credit1, amount1), (false, credit1, debit1, amount1),
                       (true, debit2, credit2, amount2), (false, credit2, debit2, amount2),
                       (true, debit3, credit3, amount3), (false, credit3, debit3, amount3),
                       (true, debit4, credit4, amount4), (false, credit4, debit4, amount4)
               ) leg(debits, account_id, other_id, amount)
          left join ledger_account account on account.id = account_id
          where amount > 0
        ) legs
      ),
      -- What each subject has available after each step, as if one after the other.
      spent as (
        select *, ledger.spend(opening_available, case when old_id is null and wrong is null then change - held end)
                    over steps as available_after
        from judged window steps as (partition by subject_id order by idx)
      ),
      decided as (
        select *, old_id is null and wrong is null and (subject_id is null or available_after
                    = coalesce(lag(available_after) over steps, opening_available) + change - held) as posts
        from spent window steps as (partition by subject_id order by idx)
      ),
      booked as materialized (
        select *, uuidv7() as id, opening + sum(case when posts then change else 0 end) over steps as balance_after,
          case when subject_id is null or change = 0 and held = 0 then amount1 + amount2 + amount3 + amount4
               when change = 0 then abs(held) else abs(change) end as moved
        from decided window steps as (partition by subject_id order by idx)
      ),
      -- In the order of the unique index: two batches that share causes then wait for each other one way
      -- only.
      posted as (
        insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at,
                                    of_id, amount_minor, balance_minor, available_minor)
        select id, merchant_id, kind, currency, cause, fingerprint, actor, at, of_id, moved, balance_after,
               case when subject_id is not null then available_after end
        from booked where posts order by merchant_id, cause
      ),
      transferred as (
        insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor,
                                     debit_balance_minor, credit_balance_minor)
        select id, leg, merchant_id, debit_id, credit_id, amount,
          case when debit_id = subject_id then balance_after end,
          case when credit_id = subject_id then balance_after
               when second_guarded then ledger.balance_after_credit(credit_id,
                 array[credit1, credit2, credit3, credit4], array[amount1, amount2, amount3, amount4]) end
        from booked, lateral (values (1, debit1, credit1, amount1), (2, debit2, credit2, amount2),
                                     (3, debit3, credit3, amount3), (4, debit4, credit4, amount4)
                             ) legs(leg, debit_id, credit_id, amount)
        where posts and amount > 0
      ),
      -- Relative updates only. A balance below zero or below its holds breaks the table's constraint, never
      -- the books.
      balanced as (
        update ledger_account account
        set balance_minor = account.balance_minor + sums.change, held_minor = account.held_minor + sums.held
        from (
          select account_id, sum(change)::bigint as change, sum(held)::bigint as held
          from (
            select subject_id as account_id, change, held from booked where posts and subject_id is not null
            union all
            select credit_id, amount, 0
            from booked, lateral (values (credit1, amount1), (credit2, amount2), (credit3, amount3),
                                         (credit4, amount4)) legs(credit_id, amount)
            where posts and second_guarded and amount > 0 and credit_id is distinct from subject_id
          ) parts group by account_id
        ) sums
        where account.id = sums.account_id and account.guarded
      )
      select bool_or(posts and held <> 0), bool_or(posts and second_guarded), array_agg(row(
          idx,
          case when posts then 'done'
               when old_id is null then coalesce(wrong, 'insufficient_funds')
               when old_kind = 'tombstone' then 'reversed'
               when old_kind = kind and old_fingerprint = fingerprint then 'replayed'
               else 'conflict' end,
          case when posts then id else old_id end,
          case when posts then moved else old_amount end,
          case when posts then balance_after else old_balance end,
          case when not posts then old_available when subject_id is not null then available_after end,
          old_fingerprint,
          case when posts then at else old_at end
        )::ledger.answer order by idx)
      into has_holds, has_seconds, answers from booked;

      if has_holds then
        perform ledger.keep_holds(moves, answers, at);
      end if;
      if has_seconds and cardinality(moves) > 1 then
        raise 'a move that credits a second guarded account must be alone in its set';
      end if;
      exit;
    exception when unique_violation then
      if attempt = 10 then
        raise;
      end if;
    end;
  end loop;

  -- What a caller may know: of an effect everything, of a conflict only the fingerprint, of a refusal only
  -- why.
  return query
    select idx, outcome, case when known then posting_id end, case when known then amount_minor end,
      case when known then balance_minor end, case when known then available_minor end,
      case when outcome = 'conflict' then fingerprint end, case when known then posted_at end
    from unnest(answers), lateral (select outcome in ('done', 'replayed') as known) o
    order by idx;
end $$;

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
grant execute on function ledger.post_locked(ledger.move[], timestamptz) to giftwell_owner;
grant execute on function ledger.post(ledger.move[], timestamptz) to giftwell_owner, giftwell_app;
