-- reads: cards_card, catalog_program, ledger_hold, redemption_authorization, redemption_redemption, events_event, audit_auditrow
--
-- Capturing an authorization: what is captured becomes a redemption. The last capture releases the rest; a
-- part leaves it held. A live hold of a frozen or expired card may still be captured: its value was set
-- aside in time.

drop function if exists redemption.capture(uuid[], uuid[], bigint[], text[], bytea[], text[], text[], timestamptz);

-- Captures; a row each, answered in order. A null amount is all that is still held. A tip comes on top of
-- the amount: what exceeds the hold is taken from what is available, all or nothing. A null tip is none, a
-- null `final` is the last capture. See 2_types.sql for the answer: its amount is amount and tip together.
create or replace function redemption.capture(
  merchants uuid[], authorizations uuid[], amounts bigint[], keys text[], fingerprints bytea[], actors text[],
  request_ids text[], at timestamptz, tips bigint[] default null, finals boolean[] default null)
returns setof redemption.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  run record;
begin
  perform ledger.refuse_other_scope(merchants);
  perform ledger.lock(array(
    select hold.account_id from unnest(merchants, authorizations) asked(merchant_id, hold_id)
    join ledger_hold hold on hold.id = asked.hold_id and hold.merchant_id = asked.merchant_id), at);
  -- What is left of a hold, and of its tips, depends on the rows before: within a run no hold repeats.
  for run in
    select lo, hi from ledger.runs(
      array(select concat(merchant, ' ', key) from unnest(merchants, keys) with ordinality u(merchant, key, i) order by i),
      authorizations::text[])
  loop
    return query select * from redemption.capture_run(run.lo - 1,
      merchants[run.lo:run.hi], authorizations[run.lo:run.hi], amounts[run.lo:run.hi], keys[run.lo:run.hi],
      fingerprints[run.lo:run.hi], actors[run.lo:run.hi], request_ids[run.lo:run.hi], at,
      tips[run.lo:run.hi], finals[run.lo:run.hi]);
  end loop;
end $$;

-- Judges a run whose cards are locked; a statement of its own, so that what was captured before is seen.
-- Whether the hold still lives is judged by the ledger.
create or replace function redemption.judge_capture(
  merchants uuid[], authorizations uuid[], amounts bigint[], keys text[], fingerprints bytea[], actors text[],
  tips bigint[], finals boolean[], at timestamptz,
  out moves ledger.move[], out cards uuid[], out last4s text[], out commissions bigint[], out given bigint[])
language plpgsql as $$
declare
  highest constant bigint := 999999999999;
  -- Of what was authorized, for all tips of one authorization together.
  most_tip_percent constant bigint := 30;
begin
  select
    array_agg(row(
      asked.merchant_id, 'capture', hold.currency, concat('key:', key), fingerprint, asked.actor, card.account_id,
      case when coalesce(length(key), 0) not between 1 and 255 then 'key_invalid'
           when hold.id is null then 'hold_not_found'
           when asked.amount is not null and taken.amount = 0 or taken.tip < 0 then 'amount_invalid'
           when taken.tip > 0 and taken.tip + coalesce((
             select sum(redeemed.tip_minor) from redemption_redemption redeemed
             where redeemed.authorization_id = hold.id and redeemed.reversed_at is null), 0)
             > hold.amount_minor * most_tip_percent / 100 then 'tip_exceeds_limit'
           -- What is held counts already, so that no live hold ever fails; a tip is spent anew.
           when taken.tip > 0 and program.max_spend_per_day_minor is not null and redemption.exceeds_day(
             card.id, card.account_id, taken.tip, program.max_spend_per_day_minor, asked.merchant_id, at)
             then 'day_limit_exceeded' end,
      -- The commission is on everything that is taken. It comes out of the amount, and out of the tip only
      -- where the amount is less.
      card.account_id, earned.account_id, taken.amount - least(cost.commission, taken.amount),
      card.account_id, commission_account_id, cost.commission,
      card.account_id, earned.account_id, taken.tip - greatest(cost.commission - taken.amount, 0),
      null, null, null, hold.id, greatest(taken.tip, 0),
      case when asked.final is false then hold.expires_at end)::ledger.move order by i),
    array_agg(card.id order by i), array_agg(card.last4 order by i), array_agg(cost.commission order by i),
    array_agg(taken.tip order by i)
  into moves, cards, last4s, commissions, given
  from unnest(merchants, authorizations, amounts, keys, fingerprints, actors, tips, finals)
    with ordinality asked(merchant_id, hold_id, amount, key, fingerprint, actor, tip, final, i)
  left join ledger_hold hold on hold.id = asked.hold_id and hold.merchant_id = asked.merchant_id
  left join cards_card card on card.account_id = hold.account_id
  left join catalog_program program on program.id = card.program_id
  cross join lateral (
    select case when asked.amount is null then coalesce(hold.amount_minor - hold.captured_minor, 0)
                when asked.amount between 1 and highest then asked.amount else 0 end as amount,
           case when coalesce(asked.tip, 0) between 0 and highest then coalesce(asked.tip, 0) else -1 end as tip) taken
  cross join lateral (
    select case when funding = 'escrow' then least(taken.amount + greatest(taken.tip, 0),
             ((taken.amount + greatest(taken.tip, 0)) * commission_bps + 5000) / 10000 + commission_fixed_minor)
           else 0 end as commission offset 0) cost
  cross join lateral (
    select case when funding = 'escrow' then pending_account_id else issued_account_id end as account_id) earned;
end $$;

-- One run. Private to capture.
create or replace function redemption.capture_run(
  skipped integer, merchants uuid[], authorizations uuid[], amounts bigint[], keys text[], fingerprints bytea[],
  actors text[], request_ids text[], at timestamptz, tips bigint[], finals boolean[])
returns setof redemption.answer
language plpgsql as $$
#variable_conflict use_column
declare
  judged record;
  answers ledger.answer[];
begin
  judged := redemption.judge_capture(merchants, authorizations, amounts, keys, fingerprints, actors, tips, finals,
                                      at);
  answers := array(select answer from ledger.capture(judged.moves, at) answer order by answer.idx);
  return query
    with
    answered as materialized (
      select idx, replace(outcome, 'hold_not', 'authorization_not') as outcome, row_of.id, row_of.amount_minor,
        row_of.balance_minor, row_of.available_minor, fingerprint, posted_at, row_of.merchant_id, request_id,
        row_of.actor, row_of.card_id, last4, commission_minor, tip_minor, placed.id as authorization_id,
        placed.location_id, placed.currency, placed.reference,
        case when row_of.card_id is not null then ledger.public_id('card', row_of.card_id) else '' end as card_name
      from unnest(answers, merchants, authorizations, actors, request_ids, judged.cards, judged.last4s,
                  judged.commissions, judged.given)
        row_of(idx, outcome, id, amount_minor, balance_minor, available_minor, fingerprint, posted_at, merchant_id,
               hold_id, actor, request_id, card_id, last4, commission_minor, tip_minor)
      left join redemption_authorization placed on placed.id = hold_id and placed.merchant_id = row_of.merchant_id
    ),
    kept as (
      insert into redemption_redemption (id, merchant_id, card_id, location_id, authorization_id, amount_minor, tip_minor,
                                         commission_minor, currency, reference, actor, redeemed_at)
      select id, merchant_id, card_id, location_id, authorization_id, amount_minor, tip_minor, commission_minor, currency,
             reference, actor, at
      from answered where outcome = 'done'
    ),
    told as (
      insert into events_event (id, merchant_id, type, subject, data, actor, at)
      select uuidv7(), merchant_id, 'redemption.made', card_name, jsonb_build_object(
          'redemption', ledger.public_id('red', id), 'amount_minor', amount_minor, 'currency', currency,
          'balance_minor', balance_minor, 'commission_minor', commission_minor,
          'location', case when location_id is not null then ledger.public_id('loc', location_id) end,
          'authorization', ledger.public_id('auth', authorization_id)), actor, at
      from answered where outcome = 'done'
    ),
    audited as (
      insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
      select uuidv7(), merchant_id, 'redemption.made', case outcome when 'done' then 'done' else 'refused' end,
             case outcome when 'done' then '' when 'conflict' then 'idempotency_conflict' else outcome end,
             card_name, actor, left(coalesce(request_id, ''), 64), at
      from answered where outcome <> 'replayed'
    )
    select idx + skipped, outcome, answered.id, answered.amount_minor, balance_minor, available_minor,
      case when told_of then coalesce(before.currency, answered.currency)::text end,
      case when told_of then coalesce(before.card_id, answered.card_id) end, case when told_of then answered.last4 end,
      case when told_of then coalesce(before.authorization_id, answered.authorization_id) end, null::timestamptz,
      posted_at, fingerprint
    from answered
    cross join lateral (select outcome in ('done', 'replayed') as told_of) known
    left join redemption_redemption before on before.id = case when outcome = 'replayed' then answered.id end
    order by answered.idx;
end $$;
