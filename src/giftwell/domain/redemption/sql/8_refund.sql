-- reads: cards_card, catalog_program, redemption_redemption, redemption_refund, events_event, audit_auditrow
--
-- Refunding a redemption: value goes back to the card it came from, with the commission that belongs to it.

-- Refunds; a row each, answered in order. A null amount is all that is left. See 2_types.sql for the answer.
create or replace function redemption.refund(
  merchants uuid[], redemptions uuid[], amounts bigint[], keys text[], fingerprints bytea[], actors text[],
  request_ids text[], at timestamptz)
returns setof redemption.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  run record;
begin
  perform ledger.refuse_other_scope(merchants);
  -- The card's lock guards what was refunded too: two refunds of one redemption wait for each other here.
  perform ledger.lock(array(
    select card.account_id from unnest(merchants, redemptions) asked(merchant_id, id)
    join redemption_redemption redeemed on redeemed.id = asked.id and redeemed.merchant_id = asked.merchant_id
    join cards_card card on card.id = redeemed.card_id), at);
  for run in
    select lo, hi from ledger.runs(
      array(select concat(merchant, ' ', key) from unnest(merchants, keys) with ordinality u(merchant, key, i) order by i),
      redemptions::text[])
  loop
    return query select * from redemption.refund_run(run.lo - 1,
      merchants[run.lo:run.hi], redemptions[run.lo:run.hi], amounts[run.lo:run.hi], keys[run.lo:run.hi],
      fingerprints[run.lo:run.hi], actors[run.lo:run.hi], request_ids[run.lo:run.hi], at);
  end loop;
end $$;

-- One run, in which no redemption and no key repeats. Private to refund.
create or replace function redemption.refund_run(
  skipped integer, merchants uuid[], redemptions uuid[], amounts bigint[], keys text[], fingerprints bytea[],
  actors text[], request_ids text[], at timestamptz)
returns setof redemption.answer
language plpgsql as $$
#variable_conflict use_column
declare
  highest constant bigint := 999999999999;
  moves ledger.move[];
  answers ledger.answer[];
  cards uuid[];
  last4s text[];
  commissions bigint[];
  currencies text[];
begin
  select
    array_agg(row(
      asked.merchant_id, 'refund', redeemed.currency, concat('key:', key), fingerprint, asked.actor, card.account_id,
      case when coalesce(length(key), 0) not between 1 and 255 then 'key_invalid'
           when redeemed.id is null then 'redemption_not_found'
           when asked.amount is not null and asked.amount not between 1 and highest then 'amount_invalid'
           when card.status = 'closed' then 'card_is_closed'
           when card.status = 'frozen' then 'card_is_frozen'
           when card.expires_at <= at then 'card_is_expired'
           when given.amount = 0 or given.amount > redeemed.amount_minor - redeemed.refunded_minor
             then 'refund_exceeds_capture' end,
      case when funding = 'escrow' then pending_account_id else issued_account_id end, card.account_id,
      given.amount - returned.commission,
      commission_account_id, card.account_id, returned.commission,
      null, null, null, null, null, null, null, null, null)::ledger.move order by i),
    array_agg(card.id order by i), array_agg(card.last4 order by i), array_agg(returned.commission order by i),
    array_agg(redeemed.currency order by i)
  into moves, cards, last4s, commissions, currencies
  from unnest(merchants, redemptions, amounts, keys, fingerprints, actors)
    with ordinality asked(merchant_id, redemption_id, amount, key, fingerprint, actor, i)
  left join redemption_redemption redeemed
    on redeemed.id = asked.redemption_id and redeemed.merchant_id = asked.merchant_id
  left join cards_card card on card.id = redeemed.card_id
  left join catalog_program program on program.id = card.program_id
  cross join lateral (
    select coalesce(case when asked.amount is null then redeemed.amount_minor - redeemed.refunded_minor
                         when asked.amount between 1 and highest then asked.amount end, 0) as amount) given
  -- The same rule as chart.commission_returned: what all refunds up to this one return, less what the
  -- earlier ones did.
  cross join lateral (
    select coalesce(div(2::numeric * redeemed.commission_minor * (redeemed.refunded_minor + given.amount)
                          + redeemed.amount_minor, 2 * redeemed.amount_minor)
                    - div(2::numeric * redeemed.commission_minor * redeemed.refunded_minor + redeemed.amount_minor,
                          2 * redeemed.amount_minor), 0)::bigint as commission offset 0) returned;
  answers := array(select answer from ledger.post_locked(moves, at) answer order by answer.idx);
  return query
    with
    answered as materialized (
      select row_of.*, case when card_id is not null then ledger.public_id('card', card_id) else '' end as card_name
      from unnest(answers, merchants, redemptions, currencies, actors, request_ids, cards, last4s, commissions)
        row_of(idx, outcome, id, amount_minor, balance_minor, available_minor, fingerprint, posted_at,
               merchant_id, redemption_id, currency, actor, request_id, card_id, last4, commission_minor)
    ),
    kept as (
      insert into redemption_refund (id, merchant_id, redemption_id, card_id, amount_minor, commission_minor, currency,
                                     actor, refunded_at)
      select id, merchant_id, redemption_id, card_id, amount_minor, commission_minor, currency, actor, at
      from answered where outcome = 'done'
    ),
    counted as (
      update redemption_redemption redeemed set refunded_minor = redeemed.refunded_minor + answered.amount_minor
      from answered where outcome = 'done' and redeemed.id = answered.redemption_id
    ),
    told as (
      insert into events_event (id, merchant_id, type, subject, data, actor, at)
      select uuidv7(), merchant_id, 'redemption.refunded', card_name, jsonb_build_object(
          'refund', ledger.public_id('ref', id), 'redemption', ledger.public_id('red', redemption_id),
          'amount_minor', amount_minor, 'currency', currency, 'balance_minor', balance_minor,
          'commission_minor', commission_minor), actor, at
      from answered where outcome = 'done'
    ),
    audited as (
      insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
      select uuidv7(), merchant_id, 'redemption.refunded', case outcome when 'done' then 'done' else 'refused' end,
             case outcome when 'done' then '' when 'conflict' then 'idempotency_conflict' else outcome end,
             card_name, actor, left(coalesce(request_id, ''), 64), at
      from answered where outcome <> 'replayed'
    )
    select idx + skipped, outcome, id, amount_minor, balance_minor, available_minor,
      case when told_of then currency end, case when told_of then card_id end, case when told_of then last4 end,
      case when told_of then redemption_id end, null::timestamptz, posted_at, fingerprint
    from answered cross join lateral (select outcome in ('done', 'replayed') as told_of) known
    order by idx;
end $$;
