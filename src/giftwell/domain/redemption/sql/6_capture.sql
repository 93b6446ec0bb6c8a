-- reads: cards_card, catalog_program, ledger_hold, redemption_authorization, redemption_redemption, events_event, audit_auditrow
--
-- Capturing an authorization: what is captured becomes a redemption, the rest is released. A live hold of a
-- frozen or expired card may still be captured: its value was set aside in time.

-- Captures; a row each, answered in order. A null amount is the whole hold. See 2_types.sql for the answer.
create or replace function redemption.capture(
  merchants uuid[], authorizations uuid[], amounts bigint[], keys text[], fingerprints bytea[], actors text[],
  request_ids text[], at timestamptz)
returns setof redemption.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  highest constant bigint := 999999999999;
  moves ledger.move[];
  answers ledger.answer[];
  cards uuid[];
  last4s text[];
  commissions bigint[];
begin
  perform ledger.refuse_other_scope(merchants);
  -- Whom a hold belongs to and what it holds never change, so they may be read before the ledger locks;
  -- whether it still lives is judged by the ledger, under the lock.
  select
    array_agg(row(
      asked.merchant_id, 'capture', hold.currency, concat('key:', key), fingerprint, asked.actor, card.account_id,
      case when coalesce(length(key), 0) not between 1 and 255 then 'key_invalid'
           when hold.id is null then 'hold_not_found'
           when taken.amount = 0 then 'amount_invalid' end,
      card.account_id, case when funding = 'escrow' then pending_account_id else issued_account_id end,
      taken.amount - cost.commission,
      card.account_id, commission_account_id, cost.commission,
      null, null, null, null, null, null, hold.id, null, null)::ledger.move order by i),
    array_agg(card.id order by i), array_agg(card.last4 order by i), array_agg(cost.commission order by i)
  into moves, cards, last4s, commissions
  from unnest(merchants, authorizations, amounts, keys, fingerprints, actors)
    with ordinality asked(merchant_id, hold_id, amount, key, fingerprint, actor, i)
  left join ledger_hold hold on hold.id = asked.hold_id and hold.merchant_id = asked.merchant_id
  left join cards_card card on card.account_id = hold.account_id
  left join catalog_program program on program.id = card.program_id
  cross join lateral (
    select case when asked.amount is null then coalesce(hold.amount_minor, 0)
                when asked.amount between 1 and highest then asked.amount else 0 end as amount) taken
  cross join lateral (
    select case when funding = 'escrow' then least(taken.amount,
             (taken.amount * commission_bps + 5000) / 10000 + commission_fixed_minor) else 0 end as commission
    offset 0) cost;
  answers := array(select answer from ledger.capture(moves, at) answer order by answer.idx);
  return query
    with
    answered as materialized (
      select idx, replace(outcome, 'hold_not', 'authorization_not') as outcome, row_of.id, row_of.amount_minor,
        row_of.balance_minor, row_of.available_minor, fingerprint, posted_at, row_of.merchant_id, request_id,
        row_of.actor, row_of.card_id, last4, commission_minor, placed.id as authorization_id, placed.location_id,
        placed.currency, placed.reference,
        case when row_of.card_id is not null then ledger.public_id('card', row_of.card_id) else '' end as card_name
      from unnest(answers, merchants, authorizations, actors, request_ids, cards, last4s, commissions)
        row_of(idx, outcome, id, amount_minor, balance_minor, available_minor, fingerprint, posted_at, merchant_id,
               hold_id, actor, request_id, card_id, last4, commission_minor)
      left join redemption_authorization placed on placed.id = hold_id and placed.merchant_id = row_of.merchant_id
    ),
    kept as (
      insert into redemption_redemption (id, merchant_id, card_id, location_id, authorization_id, amount_minor,
                                         commission_minor, currency, reference, actor, redeemed_at)
      select id, merchant_id, card_id, location_id, authorization_id, amount_minor, commission_minor, currency, reference,
             actor, at
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
    select idx, outcome, answered.id, answered.amount_minor, balance_minor, available_minor,
      case when told_of then coalesce(before.currency, answered.currency)::text end,
      case when told_of then coalesce(before.card_id, answered.card_id) end, case when told_of then answered.last4 end,
      case when told_of then coalesce(before.authorization_id, answered.authorization_id) end, null::timestamptz,
      posted_at, fingerprint
    from answered
    cross join lateral (select outcome in ('done', 'replayed') as told_of) known
    left join redemption_redemption before on before.id = case when outcome = 'replayed' then answered.id end
    order by idx;
end $$;
