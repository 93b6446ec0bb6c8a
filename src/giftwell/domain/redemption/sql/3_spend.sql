-- reads: cards_card, catalog_program, tenancy_location, ledger_account
--
-- What redeem and authorize share: finding the card by its code's hash, judging it, and cutting a batch.
-- Private: called by the doors in 4_redeem.sql and 5_authorize.sql only, whose owner, search path and
-- planner settings hold here too.

-- The accounts of the cards that are named. A hash is looked up within its merchant: another merchant's are
-- not even locked.
create or replace function redemption.accounts_of_codes(merchants uuid[], code_hashes bytea[]) returns bigint[]
language plpgsql as $$
begin
  return array(
    select card.account_id from unnest(merchants, code_hashes) asked(merchant_id, code_hash)
    join cards_card card on card.merchant_id = asked.merchant_id and card.code_hash = asked.code_hash);
end $$;

-- Runs in which no key repeats, and no card of which any row would take what there is, or whose day may be
-- capped: what there is, and what the day has left, depends on the rows before it.
create or replace function redemption.spend_runs(merchants uuid[], code_hashes bytea[], keys text[], partials boolean[])
returns table (lo integer, hi integer)
language plpgsql as $$
declare
  capped boolean;
begin
  if cardinality(keys) = 1 then
    return query select 1, 1;
    return;
  end if;
  -- One probe of a partial index that is empty where no merchant of the batch has such a cap.
  capped := exists (select from catalog_program program
                    where program.merchant_id = any (merchants) and program.max_spend_per_day_minor is not null);
  return query select * from ledger.runs(
    array(select concat(merchant, ' ', key) from unnest(merchants, keys) with ordinality u(merchant, key, i) order by i),
    case when capped or true = any (partials) then array(
      select case when capped and code is not null or bool_or(partial) over (partition by merchant, code)
                  then concat(merchant, ' ', code) end
      from unnest(merchants, code_hashes, partials) with ordinality u(merchant, code, partial, i) order by i) end);
end $$;

-- Judges a run whose cards are locked. Called as a statement of its own after the lock, so that a freeze, a
-- close or a redemption that committed first is seen. The refusal travels inside the move: it counts only
-- if the key is new, so that a card that was closed after a redemption still replays its answer.
create or replace function redemption.judge_spend(
  merchants uuid[], code_hashes bytea[], amounts bigint[], currencies text[], keys text[], fingerprints bytea[],
  partials boolean[], locations uuid[], refs text[], actors text[], lifetimes integer[], at timestamptz,
  out moves ledger.move[], out cards uuid[], out last4s text[], out commissions bigint[])
language plpgsql as $$
declare
  highest constant bigint := 999999999999;
  longest constant integer := 604800;
  holds constant boolean := lifetimes is not null;
begin
  select
    array_agg(row(
      asked.merchant_id, case when holds then 'hold' else 'redeem' end, asked.currency, concat('key:', asked.key),
      asked.fingerprint, asked.actor, card.account_id,
      case
        when coalesce(length(asked.key), 0) not between 1 and 255 then 'key_invalid'
        when sound.amount = 0 then 'amount_invalid'
        when holds and asked.lifetime between 1 and longest is not true then 'lifetime_invalid'
        when length(asked.reference) > 120 then 'reference_invalid'
        when card.id is null then 'card_not_found'
        when asked.location_id is not null and not exists (
          select from tenancy_location location
          where location.id = asked.location_id and location.merchant_id = asked.merchant_id and location.is_active
        ) then 'location_not_found'
        when card.status = 'closed' then 'card_is_closed'
        when card.status = 'frozen' then 'card_is_frozen'
        when card.status <> 'active' then 'card_not_found'
        when card.expires_at <= at then 'card_is_expired'
        when card.currency is distinct from asked.currency then 'wrong_currency'
        -- Nothing is looked up for a program without a cap.
        when program.max_spend_per_day_minor is not null and redemption.exceeds_day(
          card.id, card.account_id, spent.amount, program.max_spend_per_day_minor, asked.merchant_id, at)
          then 'day_limit_exceeded'
      end,
      -- A hold moves nothing: it has no legs.
      card.account_id, case program.funding when 'escrow' then program.pending_account_id else program.issued_account_id end,
      case when not holds then spent.amount - cost.commission end,
      card.account_id, program.commission_account_id, case when not holds then cost.commission end,
      null, null, null, null, null, null, null,
      case when holds then spent.amount end,
      case when holds then at + make_interval(secs => asked.lifetime) end
    )::ledger.move order by i),
    array_agg(card.id order by i), array_agg(card.last4 order by i), array_agg(cost.commission order by i)
  into moves, cards, last4s, commissions
  from unnest(merchants, code_hashes, amounts, currencies, keys, fingerprints, partials, locations, refs, actors, lifetimes)
    with ordinality asked(merchant_id, code_hash, amount, currency, key, fingerprint, partial, location_id, reference,
                          actor, lifetime, i)
  left join cards_card card on card.merchant_id = asked.merchant_id and card.code_hash = asked.code_hash
  left join catalog_program program on program.id = card.program_id
  cross join lateral (select case when asked.amount between 1 and highest then asked.amount else 0 end as amount) sound
  -- With allow_partial it takes what there is; where there is nothing the whole amount stands, and is
  -- refused for it.
  cross join lateral (
    select case when asked.partial and sound.amount > 0 then least(sound.amount, coalesce((
             select nullif(account.balance_minor - account.held_minor, 0) from ledger_account account
             where account.id = card.account_id), sound.amount)) else sound.amount end as amount offset 0) spent
  -- The same rule as chart.commission_on. Direct and promotional programs pay none at redemption.
  cross join lateral (
    select case when program.funding = 'escrow' then least(spent.amount,
             (spent.amount * program.commission_bps + 5000) / 10000 + program.commission_fixed_minor)
           else 0 end as commission offset 0) cost;
end $$;
