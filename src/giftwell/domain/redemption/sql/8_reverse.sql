-- reads: cards_card, ledger_account, ledger_posting, ledger_transfer, idempotency_idempotencykey, redemption_redemption, redemption_authorization, redemption_refund, events_event, audit_auditrow
--
-- Reversal by key: for a till whose answer never came. What the key did is undone; what it did not do yet, it
-- never will. Asking again gives the first answer.

do $$
begin
  if to_regtype('redemption.reversal') is null then
    create type redemption.reversal as (
      idx integer,
      outcome text,            -- done, replayed, or why not
      operation text,          -- what was undone; null where the key had done nothing, and now never will
      id uuid,                 -- of the redemption, authorization, refund or posting that was undone
      amount_minor bigint,     -- what went back, or was let go
      balance_minor bigint,    -- of the card, after
      available_minor bigint,
      currency text,
      card_id uuid,
      last4 text,
      at timestamptz           -- when it was undone
    );
  end if;
end $$;

drop function if exists redemption.reverse(uuid[], text[], text[], text[], timestamptz);
drop function if exists redemption.reverse_one(integer, uuid, text, text, text, timestamptz);
drop function if exists redemption.cause_of_load(bytea);
drop function if exists redemption.find_or_prevent(uuid, text, bytea, text, timestamptz);

-- Reverses what each key did; a row each, answered in order. `key_hashes` are what the keys are remembered by
-- where they did something else than move value. Rare, so plain: a loop of single ones is the set.
create or replace function redemption.reverse(merchants uuid[], keys text[], key_hashes bytea[], actors text[],
                                              request_ids text[], at timestamptz) returns setof redemption.reversal
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  perform ledger.refuse_other_scope(merchants);
  perform redemption.wait_for_keys(key_hashes);
  perform ledger.lock(ledger.accounts_of_causes(merchants, array(
    select concat('key:', key) from unnest(keys) with ordinality k(key, i) order by i)), at);
  for i in 1 .. coalesce(cardinality(keys), 0) loop
    return query select * from redemption.reverse_one(i, merchants[i], keys[i], key_hashes[i], actors[i],
                                                      request_ids[i], at);
  end loop;
end $$;

-- Waits until no request with one of these keys is under way that remembers its key by idempotency.once, and
-- keeps new ones waiting. Before any account is locked, as those requests do, and in one order for all.
create or replace function redemption.wait_for_keys(key_hashes bytea[]) returns void
language plpgsql as $$
begin
  perform pg_advisory_xact_lock(number) from (
    select distinct ('x' || encode(substr(key_hash, 1, 8), 'hex'))::bit(64)::bigint as number
    from unnest(key_hashes) hashed(key_hash) order by number) sorted;
end $$;

-- The posting that a key made. Where it made none, tombstones take its place in the ledger and among the keys
-- of other requests, so that it never will. Null where it did something that moved no value.
create or replace function redemption.find_or_prevent(merchant uuid, key text, hash bytea, by text, at timestamptz,
                                                      out original uuid, out kind text, out is_new boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  named constant text := concat('key:', key);
begin
  select posting.id, posting.kind, false into original, kind, is_new from ledger_posting posting
  where posting.merchant_id = merchant and posting.cause = named;
  -- Nobody writes one now: the key is locked.
  if original is not null or exists (
    select from idempotency_idempotencykey other where other.merchant_id = merchant and other.key_hash = hash)
  then
    return;
  end if;
  -- It waits for an original that is under way at a till, and then finds it.
  select found.* into original, kind, is_new
  from ledger.find_or_bury(merchant, named, by, at) found;
  if kind = 'tombstone' then
    insert into idempotency_idempotencykey (id, merchant_id, operation, key_hash, fingerprint, resource, created_at)
    values (original, merchant, 'reversal', hash, '{}', ledger.public_id('post', original), at);
  end if;
end $$;

-- What stands against undoing this posting. The card is locked: what is read here is as it will stay.
create or replace function redemption.judge_reverse(original ledger_posting, card cards_card, at timestamptz)
returns text
language plpgsql as $$
declare
  longest constant interval := '24 hours';
begin
  return case
    when original.kind not in ('redeem', 'capture', 'hold', 'refund', 'unlinked_refund', 'load') then 'not_reversible'
    when original.posted_at < at - longest then 'too_late_to_reverse'
    when exists (select from redemption_redemption redeemed
                 where redeemed.id = original.id and redeemed.refunded_minor > 0) then 'already_refunded'
    -- A closed card holds nothing, so nothing comes back to it: a refund goes to the card that carries it on.
    when original.kind <> 'hold' and card.status = 'closed' then 'card_is_closed'
  end;
end $$;

-- One reversal. Private to reverse.
create or replace function redemption.reverse_one(place integer, merchant uuid, key text, key_hash bytea, by text,
                                                  request_id text, at timestamptz)
returns setof redemption.reversal
language plpgsql as $$
#variable_conflict use_column
declare
  found record;
  original ledger_posting;
  card cards_card;
  answer ledger.answer;
  shown record;
begin
  if coalesce(length(key), 0) not between 1 and 255 then
    return query select * from redemption.refuse_reversal(place, merchant, 'key_invalid', 'request.prevented', '', by,
                                                          request_id, at);
    return;
  end if;
  found := redemption.find_or_prevent(merchant, key, key_hash, by, at);
  if found.original is null then
    return query select * from redemption.refuse_reversal(place, merchant, 'not_reversible', 'request.prevented', '', by,
                                                          request_id, at);
    return;
  elsif found.kind = 'tombstone' then
    if found.is_new then
      perform redemption.tell_reversal('request.prevented', merchant, ledger.public_id('post', found.original),
                                       jsonb_build_object('key', key), by, request_id, at);
    end if;
    return query select place, case when found.is_new then 'done' else 'replayed' end, null::text, null::uuid, 0::bigint,
                        null::bigint, null::bigint, null::text, null::uuid, null::text, posted_at
                 from ledger_posting where id = found.original;
    return;
  end if;

  -- It may have committed since the accounts were locked: now they are, or again. A refund of it waits here,
  -- or is seen below.
  select * into original from ledger_posting where id = found.original;
  perform ledger.lock(ledger.accounts_of_causes(array[merchant], array[original.cause::text]), at);
  select * into shown from redemption.shown_of(original.id);
  select * into card from cards_card where id = shown.card_id;
  select * into answer from ledger.mirror(merchant, original.id, by, redemption.judge_reverse(original, card, at), at);
  answer.outcome := replace(answer.outcome, 'hold_not', 'authorization_not');
  if answer.outcome = 'done' then
    perform redemption.keep_reversal(original, card, answer, by, request_id, at);
  elsif answer.outcome <> 'replayed' then
    return query select * from redemption.refuse_reversal(
      place, merchant, answer.outcome, redemption.reversal_event(original.kind),
      case when card.id is not null then ledger.public_id('card', card.id) else '' end, by, request_id, at);
    return;
  end if;
  return query select place, answer.outcome, shown.operation, original.id, answer.amount_minor, answer.balance_minor,
    answer.available_minor, original.currency::text, card.id, card.last4::text, answer.posted_at;
end $$;

-- The answer to a refused reversal, and its audit row.
create or replace function redemption.refuse_reversal(place integer, merchant uuid, reason text, action text, subject text,
                                                      by text, request_id text, at timestamptz)
returns redemption.reversal
language sql as $$
  insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
  values (uuidv7(), merchant, action, 'refused', reason, subject, by, left(coalesce(request_id, ''), 64), at);
  select row(place, reason, null, null, null, null, null, null, null, null, null)::redemption.reversal;
$$;

-- The event that tells of an undone posting of this kind.
create or replace function redemption.reversal_event(kind text) returns text
language sql immutable as $$
  select case when kind in ('redeem', 'capture') then 'redemption.reversed'
              when kind in ('refund', 'unlinked_refund') then 'refund.reversed'
              when kind = 'hold' then 'authorization.voided'
              else 'load.reversed' end
$$;

-- Writes an event and its audit row.
create or replace function redemption.tell_reversal(type text, merchant uuid, subject text, data jsonb, by text,
                                                    request_id text, at timestamptz) returns void
language sql as $$
  insert into events_event (id, merchant_id, type, subject, data, actor, at)
  values (uuidv7(), merchant, type, subject, data, by, at);
  insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
  values (uuidv7(), merchant, type, 'done', '', subject, by, left(coalesce(request_id, ''), 64), at);
$$;

-- Marks what was undone and tells of it. A refund that was undone counts as never made.
create or replace function redemption.keep_reversal(original ledger_posting, card cards_card, answer ledger.answer, by text,
                                                    request_id text, at timestamptz) returns void
language plpgsql as $$
declare
  undone_refund redemption_refund;
  undone_redemption redemption_redemption;
  data jsonb := jsonb_build_object('amount_minor', answer.amount_minor, 'currency', original.currency,
                                   'balance_minor', answer.balance_minor);
begin
  case
    when original.kind in ('redeem', 'capture') then
      update redemption_redemption redeemed set reversed_at = at where redeemed.id = original.id
      returning * into undone_redemption;
      data := data || jsonb_build_object('redemption', ledger.public_id('red', original.id),
                                         'commission_minor', undone_redemption.commission_minor);
    when original.kind in ('refund', 'unlinked_refund') then
      update redemption_refund refund set reversed_at = at where refund.id = original.id returning * into undone_refund;
      update redemption_redemption redeemed set refunded_minor = redeemed.refunded_minor - undone_refund.amount_minor
      where redeemed.id = undone_refund.redemption_id;
      data := data || jsonb_build_object(
        'refund', ledger.public_id('ref', original.id), 'commission_minor', undone_refund.commission_minor,
        'redemption', case when undone_refund.redemption_id is not null
                      then ledger.public_id('red', undone_refund.redemption_id) end);
    when original.kind = 'hold' then
      data := jsonb_build_object('authorization', ledger.public_id('auth', original.id), 'amount_minor', answer.amount_minor,
                                 'currency', original.currency, 'available_minor', answer.available_minor);
    else
      data := data || jsonb_build_object('load', ledger.public_id('post', original.id));
  end case;
  perform redemption.tell_reversal(redemption.reversal_event(original.kind), original.merchant_id,
                                   ledger.public_id('card', card.id), data, by, request_id, at);
end $$;

-- What a posting was, as its maker knows it, and whose card it was.
create or replace function redemption.shown_of(posting uuid, out operation text, out card_id uuid)
language plpgsql stable as $$
#variable_conflict use_column
begin
  select case when posted.kind <> 'hold' then posted.kind when placed.replaces_id is null then 'authorize'
              else 'reauthorize' end,
         coalesce(redeemed.card_id, placed.card_id, refunded.card_id, voided.card_id, (
           -- Anything else that moved value of a card, such as a load.
           select card.id from ledger_transfer moved join cards_card card on card.account_id in (debit_id, credit_id)
           where moved.posting_id = posted.id order by moved.leg, card.account_id = debit_id desc limit 1))
  into operation, card_id
  from ledger_posting posted
  left join redemption_redemption redeemed on redeemed.id = posted.id
  left join redemption_authorization placed on placed.id = posted.id
  left join redemption_refund refunded on refunded.id = posted.id
  left join redemption_authorization voided on voided.id = case posted.kind when 'void' then posted.of_id end
  where posted.id = posting;
end $$;
