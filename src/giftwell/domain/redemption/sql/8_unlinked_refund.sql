-- reads: cards_card, catalog_program, tenancy_merchant, tenancy_location, ledger_account, redemption_refund, events_event, audit_auditrow
--
-- Unlinked refunds: value onto a card without a redemption to take it from. The merchant pays: out of what it
-- earned for an escrow card, as its own liability for a direct or promotional one.

-- Puts value on cards; a row each, answered in order. A card is named by its code's hash or, where that is
-- null, by its id. See 2_types.sql for the answer. Rare, so plain: a loop of single ones is the set, and what
-- a day allows is judged in exact order.
create or replace function redemption.unlinked_refund(
  merchants uuid[], code_hashes bytea[], cards uuid[], amounts bigint[], currencies text[], keys text[],
  fingerprints bytea[], locations uuid[], refs text[], actors text[], request_ids text[], at timestamptz)
returns setof redemption.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  one uuid;
begin
  perform ledger.refuse_other_scope(merchants);
  perform ledger.lock(array(
    select card.account_id from unnest(merchants, code_hashes, cards) asked(merchant_id, code_hash, card_id)
    join cards_card card on card.merchant_id = asked.merchant_id
      and (card.code_hash = asked.code_hash or asked.code_hash is null and card.id = asked.card_id)), at);
  -- What was given today is the sum over many cards, so a card's lock does not guard it. One merchant's
  -- unlinked refunds wait for each other here, after all card locks and in one order.
  for one in select distinct m from unnest(merchants) m order by m loop
    perform pg_advisory_xact_lock(hashtextextended(concat('unlinked_refund ', one), 0));
  end loop;
  for i in 1 .. coalesce(cardinality(merchants), 0) loop
    return query select * from redemption.unlinked_refund_one(i, merchants[i], code_hashes[i], cards[i], amounts[i],
      currencies[i], keys[i], fingerprints[i], locations[i], refs[i], actors[i], request_ids[i], at);
  end loop;
end $$;

-- What stands against it. One refund is at most the largest value that the card's program comes in, and all
-- of a merchant's day in a currency at most ten times that.
create or replace function redemption.judge_unlinked_refund(
  card cards_card, program catalog_program, merchant uuid, amount bigint, asked_currency text, key text, place uuid,
  reference text, at timestamptz) returns text
language plpgsql as $$
declare
  times_a_day constant bigint := 10;
begin
  return case
    when coalesce(length(key), 0) not between 1 and 255 then 'key_invalid'
    when amount between 1 and 999999999999 is not true then 'amount_invalid'
    when length(reference) > 120 then 'reference_invalid'
    when card.id is null or card.status = 'pending' then 'card_not_found'
    when place is not null and not exists (
      select from tenancy_location where id = place and merchant_id = merchant and is_active) then 'location_not_found'
    when card.status = 'closed' then 'card_is_closed'
    when card.status = 'frozen' then 'card_is_frozen'
    when card.expires_at <= at then 'card_is_expired'
    when card.currency is distinct from asked_currency then 'wrong_currency'
    when amount > program.max_value_minor then 'refund_exceeds_limit'
    when amount + (select account.balance_minor from ledger_account account where account.id = card.account_id)
         > program.max_balance_minor then 'exceeds_max_balance'
    when amount + (
      select coalesce(sum(given.amount_minor), 0) from redemption_refund given
      where given.merchant_id = merchant and given.redemption_id is null and given.reversed_at is null
        and given.currency = card.currency and given.refunded_at >= (
          select date_trunc('day', at at time zone time_zone) at time zone time_zone from tenancy_merchant
          where id = merchant)) > program.max_value_minor * times_a_day then 'refund_exceeds_daily_limit'
  end;
end $$;

-- One, its card locked. Private to unlinked_refund.
create or replace function redemption.unlinked_refund_one(
  place integer, merchant uuid, hash bytea, named uuid, amount bigint, asked_currency text, key text,
  fingerprint bytea, location uuid, reference text, by text, request_id text, at timestamptz)
returns setof redemption.answer
language plpgsql as $$
#variable_conflict use_column
declare
  card cards_card;
  program catalog_program;
  answer ledger.answer;
  card_name text := '';
begin
  -- By its hash or its id: an unknown, a foreign and a malformed code find nothing, as everywhere.
  select * into card from cards_card
  where merchant_id = merchant and (code_hash = hash or hash is null and id = named);
  select * into program from catalog_program where id = card.program_id;
  if card.id is not null then
    card_name := ledger.public_id('card', card.id);
  end if;
  select * into answer from ledger.post_locked(array[row(
    merchant, 'unlinked_refund', coalesce(asked_currency, 'XXX'), concat('key:', key), fingerprint, by, card.account_id,
    redemption.judge_unlinked_refund(card, program, merchant, amount, asked_currency, key, location, reference, at),
    case program.funding when 'escrow' then program.pending_account_id else program.issued_account_id end,
    card.account_id, amount, null, null, null, null, null, null, null, null, null, null, null, null)::ledger.move], at);
  if answer.outcome = 'done' then
    insert into redemption_refund (id, merchant_id, card_id, location_id, amount_minor, commission_minor, currency,
                                   reference, actor, refunded_at)
    values (answer.posting_id, merchant, card.id, location, amount, 0, card.currency, coalesce(reference, ''), by, at);
    insert into events_event (id, merchant_id, type, subject, data, actor, at)
    values (uuidv7(), merchant, 'card.refunded', card_name, jsonb_build_object(
      'refund', ledger.public_id('ref', answer.posting_id), 'amount_minor', amount, 'currency', card.currency,
      'balance_minor', answer.balance_minor,
      'location', case when location is not null then ledger.public_id('loc', location) end), by, at);
  end if;
  if answer.outcome <> 'replayed' then
    insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
    values (uuidv7(), merchant, 'card.refunded', case answer.outcome when 'done' then 'done' else 'refused' end,
            case answer.outcome when 'done' then '' when 'conflict' then 'idempotency_conflict' else answer.outcome end,
            card_name, by, left(coalesce(request_id, ''), 64), at);
  end if;
  if answer.outcome = 'replayed' then
    select c.* into card from redemption_refund given join cards_card c on c.id = given.card_id
    where given.id = answer.posting_id;
  end if;
  return query select place, answer.outcome, answer.posting_id, answer.amount_minor, answer.balance_minor,
    answer.available_minor, case when told_of then card.currency::text end, case when told_of then card.id end,
    case when told_of then card.last4::text end, null::uuid, null::timestamptz, answer.posted_at, answer.fingerprint
  from (select answer.outcome in ('done', 'replayed') as told_of) known;
end $$;
