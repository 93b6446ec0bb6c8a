-- reads: cards_card, catalog_program, ledger_posting, redemption_redemption, redemption_refund, events_event, audit_auditrow
--
-- Refunding a redemption: value goes back to the card it came from, with the commission that belongs to it.
-- Where that card is closed or over, it goes to the card that carries it on, which is opened if there is none.

drop function if exists redemption.refund(uuid[], uuid[], bigint[], text[], bytea[], text[], text[], timestamptz);
drop function if exists redemption.refund_run(integer, uuid[], uuid[], bigint[], text[], bytea[], text[], text[],
                                              timestamptz);

-- Refunds; a row each, answered in order. A null amount is all that is left. The last four arrays are a
-- card's id and code for each row, made beforehand and used only if a card must be opened; without them such
-- a row is refused. The columns are those of 2_types.sql, and the card that could not take it.
create or replace function redemption.refund(
  merchants uuid[], redemptions uuid[], amounts bigint[], keys text[], fingerprints bytea[], actors text[],
  request_ids text[], at timestamptz, fresh_cards uuid[] default null, fresh_hashes bytea[] default null,
  fresh_codes bytea[] default null, fresh_last4s text[] default null)
returns table (idx integer, outcome text, id uuid, amount_minor bigint, balance_minor bigint, available_minor bigint,
               currency text, card_id uuid, last4 text, of_id uuid, expires_at timestamptz, made_at timestamptz,
               fingerprint bytea, instead_of uuid)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  run record;
begin
  perform ledger.refuse_other_scope(merchants);
  -- The card's lock guards what was refunded too: two refunds of one redemption wait for each other here,
  -- and whoever opens a card beside it holds that lock. What carries the card on is locked with it, in one
  -- order; one that came in between is seen, and locked, the second time.
  for again in 1..2 loop
    perform ledger.lock(array(
      select card.account_id from unnest(merchants, redemptions) asked(merchant_id, id)
      join redemption_redemption redeemed on redeemed.id = asked.id and redeemed.merchant_id = asked.merchant_id
      join cards_card card on card.id in (redeemed.card_id, cards.carried_on_by(redeemed.card_id))), at);
  end loop;
  for run in
    select lo, hi from ledger.runs(
      array(select concat(merchant, ' ', key) from unnest(merchants, keys) with ordinality u(merchant, key, i) order by i),
      redemptions::text[])
  loop
    return query select * from redemption.refund_run(run.lo - 1,
      merchants[run.lo:run.hi], redemptions[run.lo:run.hi], amounts[run.lo:run.hi], keys[run.lo:run.hi],
      fingerprints[run.lo:run.hi], actors[run.lo:run.hi], request_ids[run.lo:run.hi], at, fresh_cards[run.lo:run.hi],
      fresh_hashes[run.lo:run.hi], fresh_codes[run.lo:run.hi], fresh_last4s[run.lo:run.hi]);
  end loop;
end $$;

-- Judges a run whose cards are locked; a statement of its own, so that what was refunded before is seen.
-- `closed_cards` names the closed or expired card of each row that a new card would make good.
create or replace function redemption.judge_refund(
  merchants uuid[], redemptions uuid[], amounts bigint[], keys text[], fingerprints bytea[], actors text[],
  fresh_cards uuid[], at timestamptz,
  out moves ledger.move[], out cards uuid[], out last4s text[], out commissions bigint[], out currencies text[],
  out given bigint[], out paid_by uuid[], out closed_cards uuid[])
language plpgsql as $$
declare
  highest constant bigint := 999999999999;
begin
  select
    array_agg(row(
      asked.merchant_id, 'refund', redeemed.currency, concat('key:', key), fingerprint, asked.actor, card.account_id,
      coalesce(wrong.with_request, case
        when over.may_be_carried_on and fresh is not null and wrong.with_amount is not null then wrong.with_amount
        when card.status = 'closed' then 'card_is_closed'
        when card.status = 'frozen' then 'card_is_frozen'
        when card.expires_at <= at then 'card_is_expired' end, wrong.with_amount),
      case when funding = 'escrow' then pending_account_id else issued_account_id end, card.account_id,
      wanted.amount - returned.commission,
      commission_account_id, card.account_id, returned.commission,
      null, null, null, null, null, null, null, null, null)::ledger.move order by i),
    array_agg(card.id order by i), array_agg(card.last4 order by i), array_agg(returned.commission order by i),
    array_agg(redeemed.currency order by i), array_agg(wanted.amount order by i), array_agg(redeemed.card_id order by i),
    array_agg(case when wrong.with_request is null and wrong.with_amount is null and over.may_be_carried_on
                   then card.id end order by i)
  into moves, cards, last4s, commissions, currencies, given, paid_by, closed_cards
  from unnest(merchants, redemptions, amounts, keys, fingerprints, actors, fresh_cards)
    with ordinality asked(merchant_id, redemption_id, amount, key, fingerprint, actor, fresh, i)
  left join redemption_redemption redeemed
    on redeemed.id = asked.redemption_id and redeemed.merchant_id = asked.merchant_id
  left join cards_card card on card.id = cards.carried_on_by(redeemed.card_id)
  left join catalog_program program on program.id = card.program_id
  cross join lateral (
    select coalesce(case when asked.amount is null then redeemed.amount_minor - redeemed.refunded_minor
                         when asked.amount between 1 and highest then asked.amount end, 0) as amount) wanted
  cross join lateral (
    select case when coalesce(length(key), 0) not between 1 and 255 then 'key_invalid'
                when redeemed.id is null then 'redemption_not_found'
                when asked.amount is not null and asked.amount not between 1 and highest then 'amount_invalid'
                when redeemed.reversed_at is not null then 'redemption_is_reversed' end as with_request,
           case when wanted.amount = 0 or wanted.amount > redeemed.amount_minor - redeemed.refunded_minor
                  then 'refund_exceeds_capture' end as with_amount) wrong
  -- Nothing goes back to whom a card was taken from for fraud.
  cross join lateral (
    select card.close_reason <> 'fraud'
      and (card.status = 'closed' or card.status = 'active' and card.expires_at <= at) is true as may_be_carried_on) over
  -- The same rule as chart.commission_returned: what all refunds up to this one return, less what the
  -- earlier ones did. Their own sum is taken, because one that was reversed may have been any of them.
  cross join lateral (
    select least(wanted.amount, greatest(0, coalesce(
        div(2::numeric * redeemed.commission_minor * (redeemed.refunded_minor + wanted.amount) + redeemed.amount_minor,
            2 * redeemed.amount_minor)
        - (select coalesce(sum(earlier.commission_minor), 0) from redemption_refund earlier
           where earlier.redemption_id = redeemed.id and earlier.reversed_at is null), 0)))::bigint as commission
    offset 0) returned;
end $$;

-- One run, in which no redemption and no key repeats. Private to refund.
create or replace function redemption.refund_run(
  skipped integer, merchants uuid[], redemptions uuid[], amounts bigint[], keys text[], fingerprints bytea[],
  actors text[], request_ids text[], at timestamptz, fresh_cards uuid[], fresh_hashes bytea[], fresh_codes bytea[],
  fresh_last4s text[])
returns table (idx integer, outcome text, id uuid, amount_minor bigint, balance_minor bigint, available_minor bigint,
               currency text, card_id uuid, last4 text, of_id uuid, expires_at timestamptz, made_at timestamptz,
               fingerprint bytea, instead_of uuid)
language plpgsql as $$
#variable_conflict use_column
declare
  judged record;
  answers ledger.answer[];
  opened integer[];
  may_open boolean := true;
begin
  -- A card is opened for a refund that will be made, and for no other. Where the key turns out to be
  -- another's, committed between our look and the posting, the block is undone and judged again.
  loop
    begin
      opened := '{}';
      judged := redemption.judge_refund(merchants, redemptions, amounts, keys, fingerprints, actors, fresh_cards,
                                         at);
      for i in 1 .. cardinality(merchants) loop
        if may_open and judged.closed_cards[i] is not null and fresh_cards[i] is not null and not exists (
          select from ledger_posting where merchant_id = merchants[i] and cause = concat('key:', keys[i]))
        then
          -- Two redemptions of one closed card in this run: the second finds the card that the first opened.
          if cards.carried_on_by(judged.closed_cards[i]) = judged.closed_cards[i] then
            perform cards.open_successor(judged.closed_cards[i], fresh_cards[i], fresh_hashes[i], fresh_codes[i],
                                         fresh_last4s[i], judged.given[i], actors[i], request_ids[i], at);
            opened := opened || i;
          end if;
        end if;
      end loop;
      if opened <> '{}' then
        judged := redemption.judge_refund(merchants, redemptions, amounts, keys, fingerprints, actors, fresh_cards,
                                         at);
      end if;
      answers := array(select answer from ledger.post_locked(judged.moves, at) answer order by answer.idx);
      if exists (select from unnest(opened) place where answers[place].outcome <> 'done') then
        raise exception using errcode = 'GW001', message = 'a card was opened for nothing';
      end if;
      exit;
    exception when sqlstate 'GW001' then may_open := false;
    end;
  end loop;
  return query
    with
    answered as materialized (
      select row_of.*, case when card_id is not null then ledger.public_id('card', card_id) else '' end as card_name
      from unnest(answers, merchants, redemptions, judged.currencies, actors, request_ids, judged.cards, judged.last4s,
                  judged.commissions, judged.paid_by)
        row_of(idx, outcome, id, amount_minor, balance_minor, available_minor, fingerprint, posted_at,
               merchant_id, redemption_id, currency, actor, request_id, card_id, last4, commission_minor, paid_by)
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
          'commission_minor', commission_minor,
          'instead_of', case when paid_by <> card_id then ledger.public_id('card', paid_by) end), actor, at
      from answered where outcome = 'done'
    ),
    audited as (
      insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
      select uuidv7(), merchant_id, 'redemption.refunded', case outcome when 'done' then 'done' else 'refused' end,
             case outcome when 'done' then '' when 'conflict' then 'idempotency_conflict' else outcome end,
             card_name, actor, left(coalesce(request_id, ''), 64), at
      from answered where outcome <> 'replayed'
    )
    select answered.idx + skipped, outcome, answered.id, answered.amount_minor, answered.balance_minor,
      answered.available_minor, case when told_of then answered.currency end,
      case when told_of then took.card_id end, case when told_of then took.last4 end,
      case when told_of then answered.redemption_id end, null::timestamptz, posted_at, answered.fingerprint,
      case when told_of and took.card_id <> paid_by then paid_by end
    from answered
    cross join lateral (select outcome in ('done', 'replayed') as told_of) known
    -- A replay went to the card that took it then.
    left join redemption_refund before on before.id = case when outcome = 'replayed' then answered.id end
    left join cards_card card_before on card_before.id = before.card_id
    cross join lateral (
      select coalesce(before.card_id, answered.card_id) as card_id,
             coalesce(card_before.last4, answered.last4)::text as last4) took
    order by answered.idx;
end $$;
