-- reads: cards_card, ledger_account, ledger_hold, ledger_posting, ledger_transfer, redemption_authorization, redemption_redemption, redemption_refund
--
-- Looking: a card's balance by its code, and what a key did.

-- Balances by code; a row each. An unknown, a foreign and a malformed (null) code answer the same.
create or replace function redemption.balance(merchants uuid[], code_hashes bytea[], at timestamptz)
returns table (idx integer, outcome text, card_id uuid, balance_minor bigint, available_minor bigint, currency text,
               status text, expires_at timestamptz, last4 text)
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
begin
  perform ledger.refuse_other_scope(merchants);
  return query
    select i::integer, case when card.id is null then 'card_not_found' else 'done' end, card.id, account.balance_minor,
      -- Holds that are over no longer count, whether or not a job has been by.
      account.balance_minor - case when account.held_minor = 0 then 0 else coalesce((
        select sum(hold.amount_minor - hold.captured_minor)::bigint from ledger_hold hold
        where hold.account_id = account.id and hold.expires_at > at and hold.state = 'live'), 0) end,
      card.currency::text, card.status::text, card.expires_at, card.last4::text
    from unnest(merchants, code_hashes) with ordinality asked(merchant_id, code_hash, i)
    left join cards_card card on card.merchant_id = asked.merchant_id and card.code_hash = asked.code_hash
    left join ledger_account account on account.id = card.account_id
    order by i;
end $$;

-- What a key did; no row where it took no effect and still may. `reversed_at` says that it was undone, or,
-- with the operation `prevented`, that it never will.
drop function if exists redemption.outcome_of_key(uuid, text);
create function redemption.outcome_of_key(merchant uuid, key text)
returns table (operation text, id uuid, amount_minor bigint, balance_minor bigint, available_minor bigint, currency text,
               card_id uuid, last4 text, of_id uuid, expires_at timestamptz, at timestamptz, reversed_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
begin
  perform ledger.refuse_other_scope(array[merchant]);
  return query
    select case posting.kind when 'tombstone' then 'prevented' else shown.operation end,
      case posting.kind when 'void' then posting.of_id when 'tombstone' then null else posting.id end,
      posting.amount_minor, posting.balance_minor, posting.available_minor,
      case when posting.kind <> 'tombstone' then posting.currency::text end,
      shown.card_id, card.last4::text,
      coalesce(redeemed.authorization_id, placed.replaces_id, refunded.redemption_id), placed.expires_at,
      posting.posted_at, case posting.kind when 'tombstone' then posting.posted_at else undone.posted_at end
    from ledger_posting posting
    cross join lateral redemption.shown_of(posting.id) shown
    left join redemption_redemption redeemed on redeemed.id = posting.id
    left join redemption_authorization placed on placed.id = posting.id
    left join redemption_refund refunded on refunded.id = posting.id
    left join ledger_posting undone
      on undone.merchant_id = posting.merchant_id and undone.cause = concat('reverse:', posting.id)
    left join cards_card card on card.id = shown.card_id
    where posting.merchant_id = merchant and posting.cause = concat('key:', key);
end $$;

revoke execute on all functions in schema redemption from public;
grant execute on all functions in schema redemption to giftwell_owner;
grant execute on function
  redemption.redeem(uuid[], bytea[], bigint[], text[], text[], bytea[], boolean[], uuid[], text[], text[], text[],
                    timestamptz),
  redemption.authorize(uuid[], bytea[], bigint[], text[], text[], bytea[], boolean[], uuid[], text[], text[], text[],
                       integer[], timestamptz),
  redemption.reauthorize(uuid[], uuid[], bigint[], text[], bytea[], text[], text[], integer[], timestamptz),
  redemption.capture(uuid[], uuid[], bigint[], text[], bytea[], text[], text[], timestamptz, bigint[], boolean[]),
  redemption.void(uuid[], uuid[], text[], bytea[], text[], text[], timestamptz),
  redemption.refund(uuid[], uuid[], bigint[], text[], bytea[], text[], text[], timestamptz, uuid[], bytea[], bytea[],
                    text[]),
  redemption.unlinked_refund(uuid[], bytea[], uuid[], bigint[], text[], text[], bytea[], uuid[], text[], text[], text[],
                             timestamptz),
  redemption.reverse(uuid[], text[], bytea[], text[], text[], timestamptz),
  redemption.balance(uuid[], bytea[], timestamptz),
  redemption.outcome_of_key(uuid, text)
  to giftwell_app;
