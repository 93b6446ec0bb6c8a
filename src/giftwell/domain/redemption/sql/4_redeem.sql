-- reads: cards_card, catalog_program, tenancy_location, ledger_account, redemption_redemption, events_event, audit_auditrow
--
-- Redeeming: authorize and capture at once.

-- Redeems; a row each, answered in order. See 2_types.sql for the answer.
create or replace function redemption.redeem(
  merchants uuid[], code_hashes bytea[], amounts bigint[], currencies text[], keys text[], fingerprints bytea[],
  partials boolean[], locations uuid[], refs text[], actors text[], request_ids text[], at timestamptz)
returns setof redemption.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  run record;
begin
  perform ledger.refuse_other_scope(merchants);
  perform ledger.lock(redemption.accounts_of_codes(merchants, code_hashes), at);
  for run in select lo, hi from redemption.spend_runs(merchants, code_hashes, keys, partials) loop
    return query select * from redemption.redeem_run(run.lo - 1,
      merchants[run.lo:run.hi], code_hashes[run.lo:run.hi], amounts[run.lo:run.hi], currencies[run.lo:run.hi],
      keys[run.lo:run.hi], fingerprints[run.lo:run.hi], partials[run.lo:run.hi], locations[run.lo:run.hi],
      refs[run.lo:run.hi], actors[run.lo:run.hi], request_ids[run.lo:run.hi], at);
  end loop;
end $$;

-- One run. Private to redeem.
create or replace function redemption.redeem_run(
  skipped integer, merchants uuid[], code_hashes bytea[], amounts bigint[], currencies text[], keys text[],
  fingerprints bytea[], partials boolean[], locations uuid[], refs text[], actors text[], request_ids text[],
  at timestamptz)
returns setof redemption.answer
language plpgsql as $$
#variable_conflict use_column
declare
  judged record;
  answers ledger.answer[];
begin
  judged := redemption.judge_spend(merchants, code_hashes, amounts, currencies, keys, fingerprints, partials, locations,
                                   refs, actors, null, at);
  answers := ledger.post_set(judged.moves, at);
  return query
    with
    answered as materialized (
      select row_of.*, case when card_id is not null then ledger.public_id('card', card_id) else '' end as card_name
      from unnest(answers, merchants, currencies, locations, refs, actors, request_ids, judged.cards, judged.last4s,
                  judged.commissions)
        row_of(idx, outcome, id, amount_minor, balance_minor, available_minor, fingerprint, posted_at,
               merchant_id, currency, location_id, reference, actor, request_id, card_id, last4, commission_minor)
    ),
    kept as (
      insert into redemption_redemption (id, merchant_id, card_id, location_id, amount_minor, commission_minor, currency,
                                         reference, actor, redeemed_at)
      select id, merchant_id, card_id, location_id, amount_minor, commission_minor, currency, coalesce(reference, ''),
             actor, at
      from answered where outcome = 'done'
    ),
    -- Its event and its line in the audit have the redemption's own id: one made for each of the three cost a
    -- tenth of a batch.
    told as (
      insert into events_event (id, merchant_id, type, subject, data, actor, at)
      select id, merchant_id, 'redemption.made', card_name, jsonb_build_object(
          'redemption', ledger.public_id('red', id), 'amount_minor', amount_minor, 'currency', currency,
          'balance_minor', balance_minor, 'commission_minor', commission_minor,
          'location', case when location_id is not null then ledger.public_id('loc', location_id) end,
          'authorization', null), actor, at
      from answered where outcome = 'done'
    ),
    -- What was refused is written down as well; a replay did nothing new.
    audited as (
      insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
      select case outcome when 'done' then id else uuidv7() end, merchant_id, 'redemption.made',
             case outcome when 'done' then 'done' else 'refused' end,
             case outcome when 'done' then '' when 'conflict' then 'idempotency_conflict' else outcome end,
             card_name, actor, left(coalesce(request_id, ''), 64), at
      from answered where outcome <> 'replayed'
    )
    select answered.idx + skipped, outcome, answered.id, answered.amount_minor, balance_minor, available_minor,
      case when outcome = 'done' then answered.currency else before.currency::text end,
      case when outcome = 'done' then answered.card_id else before.card_id end,
      case when outcome = 'done' then answered.last4 else card_before.last4::text end,
      before.authorization_id, null::timestamptz, posted_at, fingerprint
    from answered
    -- A replay's facts come from what was written then.
    left join redemption_redemption before on before.id = case when outcome = 'replayed' then answered.id end
    left join cards_card card_before on card_before.id = before.card_id
    -- Said, not hoped for: a join may be planned so that it answers in another order.
    order by answered.idx;
end $$;
