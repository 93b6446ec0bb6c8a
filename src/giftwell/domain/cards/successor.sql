-- reads: cards_card, catalog_program, tenancy_merchant, ledger_account, events_event, audit_auditrow
--
-- The card that carries a closed one on, for the functions of the floors above: refunds at the till open one
-- where the card that paid is gone. The same as successor.py; private to the owner of these tables.

-- The last of the cards that carry a card on; the card itself where none does.
create or replace function cards.carried_on_by(card uuid) returns uuid
language plpgsql stable set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  last_one uuid := card;
  next_one uuid;
begin
  loop
    select id into next_one from cards_card where replaces_id = last_one;
    exit when next_one is null;
    last_one := next_one;
  end loop;
  return last_one;
end $$;

-- Opens an active card without value beside a closed one, whose account the caller has locked; the caller
-- puts `value` on it in the same transaction. The code was made by the caller: the database has no key to
-- encrypt it. It is valid as long as a new card of the program, and never shorter than the old one was.
create or replace function cards.open_successor(original uuid, fresh uuid, hash bytea, encrypted bytea, ending text,
                                                value bigint, by text, request_id text, at timestamptz) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  old cards_card;
  program catalog_program;
  zone text;
  validity timestamptz;
begin
  select * into strict old from cards_card where id = original;
  select * into strict program from catalog_program where id = old.program_id;
  select time_zone into strict zone from tenancy_merchant where id = old.merchant_id;
  -- The last instant of a day where the merchant is; the first day is not counted.
  if program.validity_days is not null and old.expires_at is not null then
    validity := greatest(old.expires_at,
      (date_trunc('day', at at time zone zone) + make_interval(days => program.validity_days + 1)) at time zone zone
      - interval '1 microsecond');
  end if;
  insert into cards_card (id, merchant_id, program_id, product_id, design_id, account_id, code_hash, code_encrypted,
                          code_scheme, last4, status, close_reason, currency, face_value_minor, expires_at, replaces_id,
                          holder_id, issued_at, activated_at)
  select fresh, old.merchant_id, old.program_id, old.product_id, old.design_id, account, hash, encrypted, '', ending,
         'active', '', old.currency, value, validity, old.id, old.holder_id, at, at
  from ledger.open_accounts(array[old.merchant_id], array['card'], array[old.currency::text], array[fresh::text]) account;
  insert into events_event (id, merchant_id, type, subject, data, actor, at)
  select uuidv7(), old.merchant_id, type, ledger.public_id('card', fresh), data, by, at
  from (values
    ('card.issued', jsonb_build_object('program', ledger.public_id('prog', program.id), 'amount_minor', value,
                                       'currency', old.currency)),
    ('card.activated', jsonb_build_object('amount_minor', value, 'currency', old.currency))) told(type, data);
  insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
  select uuidv7(), old.merchant_id, action, 'done', '', ledger.public_id('card', fresh), by,
         left(coalesce(request_id, ''), 64), at
  from unnest(array['card.issued', 'card.activated']) action;
end $$;

revoke all on function cards.carried_on_by(uuid),
  cards.open_successor(uuid, uuid, bytea, bytea, text, bigint, text, text, timestamptz) from public;
