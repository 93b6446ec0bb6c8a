-- reads: cards_card, ledger_hold, redemption_authorization, events_event, audit_auditrow
--
-- Voiding an authorization: what was set aside can be spent again.

-- Voids; a row each, answered in order. See 2_types.sql for the answer.
create or replace function redemption.void(
  merchants uuid[], authorizations uuid[], keys text[], fingerprints bytea[], actors text[], request_ids text[],
  at timestamptz)
returns setof redemption.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  answers ledger.answer[];
begin
  perform ledger.refuse_other_scope(merchants);
  answers := array(
    select answer
    from ledger.void(array(
      select row(
        asked.merchant_id, 'void', hold.currency, concat('key:', key), fingerprint, actor, hold.account_id,
        case when coalesce(length(key), 0) not between 1 and 255 then 'key_invalid'
             when hold.id is null then 'hold_not_found' end,
        null, null, null, null, null, null, null, null, null, null, null, null, hold.id, null, null)::ledger.move
      from unnest(merchants, authorizations, keys, fingerprints, actors)
        with ordinality asked(merchant_id, hold_id, key, fingerprint, actor, i)
      left join ledger_hold hold on hold.id = asked.hold_id and hold.merchant_id = asked.merchant_id
      order by i), at) answer
    order by answer.idx);
  return query
    with
    answered as materialized (
      select idx, replace(outcome, 'hold_not', 'authorization_not') as outcome, row_of.amount_minor, balance_minor,
        available_minor, fingerprint, posted_at, row_of.merchant_id, row_of.actor, request_id, placed.id as placed_id,
        placed.card_id, placed.currency, card.last4,
        case when placed.card_id is not null then ledger.public_id('card', placed.card_id) else '' end as card_name
      from unnest(answers, merchants, authorizations, actors, request_ids)
        row_of(idx, outcome, id, amount_minor, balance_minor, available_minor, fingerprint, posted_at, merchant_id,
               hold_id, actor, request_id)
      left join redemption_authorization placed on placed.id = hold_id and placed.merchant_id = row_of.merchant_id
      left join cards_card card on card.id = placed.card_id
    ),
    told as (
      insert into events_event (id, merchant_id, type, subject, data, actor, at)
      select uuidv7(), merchant_id, 'authorization.voided', card_name, jsonb_build_object(
          'authorization', ledger.public_id('auth', placed_id), 'amount_minor', amount_minor, 'currency', currency,
          'available_minor', available_minor), actor, at
      from answered where outcome = 'done'
    ),
    audited as (
      insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
      select uuidv7(), merchant_id, 'authorization.voided', case outcome when 'done' then 'done' else 'refused' end,
             case outcome when 'done' then '' when 'conflict' then 'idempotency_conflict' else outcome end,
             card_name, actor, left(coalesce(request_id, ''), 64), at
      from answered where outcome <> 'replayed'
    )
    select idx, outcome, case when told_of then placed_id end, amount_minor, balance_minor, available_minor,
      case when told_of then currency::text end, case when told_of then card_id end,
      case when told_of then last4::text end,
      null::uuid, null::timestamptz, posted_at, fingerprint
    from answered cross join lateral (select outcome in ('done', 'replayed') as told_of) known
    order by idx;
end $$;
