-- reads: cards_card, catalog_program, ledger_hold, ledger_posting, redemption_authorization, events_event, audit_auditrow
--
-- Authorizing again: an authorization is replaced by one of another amount or a later end, or stays as it is.

-- Replaces; a row each, answered in order. A null amount is what is still held; `lifetimes` in seconds from
-- now, up to seven days. See 2_types.sql for the answer: `of_id` is the authorization that was replaced.
-- Rare, so plain: a loop of single ones is the set.
create or replace function redemption.reauthorize(
  merchants uuid[], authorizations uuid[], amounts bigint[], keys text[], fingerprints bytea[], actors text[],
  request_ids text[], lifetimes integer[], at timestamptz)
returns setof redemption.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  perform ledger.refuse_other_scope(merchants);
  perform ledger.lock(array(
    select hold.account_id from unnest(merchants, authorizations) asked(merchant_id, hold_id)
    join ledger_hold hold on hold.id = asked.hold_id and hold.merchant_id = asked.merchant_id), at);
  for i in 1 .. coalesce(cardinality(merchants), 0) loop
    return query select * from redemption.reauthorize_one(i, merchants[i], authorizations[i], amounts[i], keys[i],
      fingerprints[i], actors[i], request_ids[i], lifetimes[i], at);
  end loop;
end $$;

-- What stands against a new authorization in the place of this one. The card must be spendable: unlike a
-- capture, this sets value aside anew.
create or replace function redemption.judge_reauthorize(hold ledger_hold, card cards_card, key text, amount bigint,
                                                        lifetime integer, at timestamptz) returns text
language plpgsql as $$
begin
  return case
    when coalesce(length(key), 0) not between 1 and 255 then 'key_invalid'
    when hold.id is null then 'authorization_not_found'
    when hold.state <> 'live' or hold.expires_at <= at then 'authorization_not_live'
    when amount not between 1 and 999999999999 then 'amount_invalid'
    when lifetime between 1 and 604800 is not true then 'lifetime_invalid'
    when card.status = 'closed' then 'card_is_closed'
    when card.status = 'frozen' then 'card_is_frozen'
    when card.expires_at <= at then 'card_is_expired'
    when exists (
      select from catalog_program program where program.id = card.program_id
      -- The old one is let go by now.
      and program.max_spend_per_day_minor is not null and redemption.exceeds_day(
        card.id, card.account_id, amount, program.max_spend_per_day_minor, card.merchant_id, at)) then 'day_limit_exceeded'
  end;
end $$;

-- One, its card locked. Private to reauthorize.
create or replace function redemption.reauthorize_one(
  place integer, merchant uuid, replaced uuid, wanted bigint, key text, fingerprint bytea, by text, request_id text,
  lifetime integer, at timestamptz)
returns setof redemption.answer
language plpgsql as $$
#variable_conflict use_column
declare
  hold ledger_hold;
  card cards_card;
  placed redemption_authorization;
  freed ledger.answer;
  answer ledger.answer;
  amount bigint;
  until constant timestamptz := case when lifetime between 1 and 604800 then at + make_interval(secs => lifetime) end;
begin
  select * into hold from ledger_hold where id = replaced and merchant_id = merchant;
  select * into card from cards_card where account_id = hold.account_id;
  amount := coalesce(wanted, hold.amount_minor - hold.captured_minor);
  -- Both or neither: what the old one held is free for the new one, and if that does not fit, or is not the
  -- first with its key, the inner block brings the old one back.
  begin
    select * into freed from ledger.void(array[row(
      merchant, 'void', hold.currency, concat('reauthorize:', hold.id), '', by, hold.account_id, null, null, null, null,
      null, null, null, null, null, null, null, null, null, hold.id, null, null)::ledger.move], at);
    select * into answer from ledger.hold(array[row(
      merchant, 'hold', coalesce(hold.currency, 'XXX'), concat('key:', key), fingerprint, by, hold.account_id,
      redemption.judge_reauthorize(hold, card, key, amount, lifetime, at),
      null, null, null, null, null, null, null, null, null, null, null, null, null, amount, until)::ledger.move], at);
    if answer.outcome is distinct from 'done' then
      raise exception using errcode = 'GW001', message = 'the old authorization stays';
    end if;
  exception when sqlstate 'GW001' then null;
  end;

  if answer.outcome = 'done' then
    insert into redemption_authorization (id, merchant_id, card_id, location_id, amount_minor, currency, reference, actor,
                                          expires_at, authorized_at, replaces_id)
    select answer.posting_id, merchant, card.id, old.location_id, amount, old.currency, old.reference, by, until, at, old.id
    from redemption_authorization old where old.id = hold.id;
    insert into events_event (id, merchant_id, type, subject, data, actor, at)
    select uuidv7(), merchant, type, ledger.public_id('card', card.id), data, by, at
    from redemption_authorization old, lateral (values
      ('authorization.voided', jsonb_build_object(
        'authorization', ledger.public_id('auth', old.id), 'amount_minor', freed.amount_minor,
        'currency', old.currency, 'available_minor', freed.available_minor)),
      ('authorization.placed', jsonb_build_object(
        'authorization', ledger.public_id('auth', answer.posting_id), 'amount_minor', amount, 'currency', old.currency,
        'available_minor', answer.available_minor,
        'location', case when old.location_id is not null then ledger.public_id('loc', old.location_id) end,
        'expires_at', until))) told(type, data)
    where old.id = hold.id;
  end if;
  if answer.outcome <> 'replayed' then
    insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
    select uuidv7(), merchant, action, case answer.outcome when 'done' then 'done' else 'refused' end,
           case answer.outcome when 'done' then '' when 'conflict' then 'idempotency_conflict' else answer.outcome end,
           case when card.id is not null then ledger.public_id('card', card.id) else '' end, by,
           left(coalesce(request_id, ''), 64), at
    from unnest(case answer.outcome when 'done' then array['authorization.voided', 'authorization.placed']
                                    else array['authorization.placed'] end) action;
  end if;
  -- A replay's facts come from what was written then.
  select * into placed from redemption_authorization where id = answer.posting_id;
  select * into card from cards_card where id = placed.card_id;
  return query select place, answer.outcome, answer.posting_id, answer.amount_minor, answer.balance_minor,
    answer.available_minor, placed.currency::text, card.id, card.last4::text, placed.replaces_id, placed.expires_at,
    answer.posted_at, answer.fingerprint;
end $$;
