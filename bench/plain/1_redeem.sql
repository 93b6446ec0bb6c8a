-- The plain twin of redemption.redeem and redemption.authorize: one row, one step after the other, writing
-- the same rows. It is the oracle of tests/laws and the yardstick of the bench, and is never installed
-- where Giftwell runs. Written apart from the set-based functions: nothing of theirs is called here but the
-- encoding of public ids.
--
-- Installed by a superuser, whose rights its functions have.

create schema if not exists plain;
grant usage on schema plain to public;

-- A refusal leaves one line in the audit and tells nothing else.
create or replace function plain.refuse(reason text, merchant uuid, action text, subject text, actor text, request_id text,
                                        at timestamptz) returns redemption.answer
language plpgsql as $$
declare
  answer redemption.answer;
begin
  insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
  values (uuidv7(), merchant, action, 'refused', reason, subject, actor, request_id, at);
  answer.idx := 1;
  answer.outcome := reason;
  return answer;
end $$;

-- What a key that had an effect before answers; null where it had none.
create or replace function plain.earlier(merchant uuid, wanted text, wanted_kind text, mark bytea)
returns redemption.answer
language plpgsql as $$
declare
  old ledger_posting;
  answer redemption.answer;
  made redemption_redemption;
  placed redemption_authorization;
  returned redemption_refund;
begin
  select * into old from ledger_posting where merchant_id = merchant and cause = wanted;
  if not found then
    return null;
  end if;
  answer.idx := 1;
  if old.kind = 'tombstone' then
    answer.outcome := 'reversed';
    return answer;
  end if;
  if old.kind <> wanted_kind or old.fingerprint <> mark then
    answer.outcome := 'conflict';
    answer.fingerprint := old.fingerprint;
    return answer;
  end if;
  answer.outcome := 'replayed';
  answer.id := old.id;
  answer.amount_minor := old.amount_minor;
  answer.balance_minor := old.balance_minor;
  answer.available_minor := old.available_minor;
  answer.currency := old.currency;
  answer.at := old.posted_at;
  if old.kind in ('redeem', 'capture') then
    select * into made from redemption_redemption where id = old.id;
    answer.card_id := made.card_id;
    answer.of_id := made.authorization_id;
  elsif old.kind = 'hold' then
    select * into placed from redemption_authorization where id = old.id;
    answer.card_id := placed.card_id;
    answer.expires_at := placed.expires_at;
  elsif old.kind = 'refund' then
    select * into returned from redemption_refund where id = old.id;
    answer.card_id := returned.card_id;
    answer.of_id := returned.redemption_id;
  elsif old.kind = 'void' then
    answer.id := old.of_id;
    select card_id into answer.card_id from redemption_authorization where id = old.of_id;
  end if;
  select last4 into answer.last4 from cards_card where id = answer.card_id;
  return answer;
end $$;

-- Locks an account and lets its overdue holds go, one by one.
create or replace function plain.lock(account bigint, at timestamptz) returns ledger_account
language plpgsql as $$
declare
  locked ledger_account;
  over ledger_hold;
begin
  select * into locked from ledger_account where id = account for no key update;
  if locked.held_minor > 0 then
    for over in select * from ledger_hold where account_id = account and state = 'live' and expires_at <= at loop
      update ledger_hold set state = 'lapsed', resolved_at = at where id = over.id;
      update ledger_account set held_minor = held_minor - over.amount_minor where id = account;
      insert into events_event (id, merchant_id, type, subject, data, actor, at)
      values (uuidv7(), over.merchant_id, 'authorization.lapsed', ledger.public_id('auth', over.id),
              jsonb_build_object('amount_minor', over.amount_minor, 'currency', over.currency), 'system:ledger', at);
      insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
      values (uuidv7(), over.merchant_id, 'authorization.lapsed', 'done', '', ledger.public_id('auth', over.id),
              'system:ledger', '', at);
    end loop;
    select * into locked from ledger_account where id = account;
  end if;
  return locked;
end $$;

create or replace function plain.redeem_one(
  merchant uuid, hashed bytea, wanted bigint, money text, key text, mark bytea, partial boolean, place uuid, ref text,
  by text, request_id text, at timestamptz) returns redemption.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  card cards_card;
  program catalog_program;
  account ledger_account;
  answer redemption.answer;
  amount bigint := wanted;
  fee bigint := 0;
  target bigint;
  wrong text;
  posting uuid := uuidv7();
  name text := '';
begin
  select * into card from cards_card where merchant_id = merchant and code_hash = hashed;
  if found then
    account := plain.lock(card.account_id, at);
    select * into card from cards_card where id = card.id;
    select * into program from catalog_program where id = card.program_id;
    name := ledger.public_id('card', card.id);
  end if;

  answer := plain.earlier(merchant, 'key:' || key, 'redeem', mark);
  if answer.outcome = 'replayed' then
    return answer;
  elsif answer.outcome is not null then
    perform plain.refuse(case answer.outcome when 'conflict' then 'idempotency_conflict' else answer.outcome end,
                         merchant, 'redemption.made', name, by, request_id, at);
    return answer;
  end if;

  if wanted is null or wanted < 1 or wanted > 999999999999 then
    wrong := 'amount_invalid';
  elsif length(ref) > 120 then
    wrong := 'reference_invalid';
  elsif card.id is null then
    wrong := 'card_not_found';
  elsif place is not null and not exists (
      select from tenancy_location where id = place and merchant_id = merchant and is_active) then
    wrong := 'location_not_found';
  elsif card.status = 'closed' then
    wrong := 'card_is_closed';
  elsif card.status = 'frozen' then
    wrong := 'card_is_frozen';
  elsif card.expires_at <= at then
    wrong := 'card_is_expired';
  elsif card.currency <> money then
    wrong := 'wrong_currency';
  else
    if partial and account.balance_minor - account.held_minor between 1 and amount then
      amount := account.balance_minor - account.held_minor;
    end if;
    if amount > account.balance_minor - account.held_minor then
      wrong := 'insufficient_funds';
    end if;
  end if;
  if wrong is not null then
    return plain.refuse(wrong, merchant, 'redemption.made', name, by, request_id, at);
  end if;

  if program.funding = 'escrow' then
    target := program.pending_account_id;
    fee := (amount * program.commission_bps + 5000) / 10000 + program.commission_fixed_minor;
    if fee > amount then
      fee := amount;
    end if;
  else
    target := program.issued_account_id;
  end if;

  insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at, amount_minor,
                              balance_minor, available_minor)
  values (posting, merchant, 'redeem', money, 'key:' || key, mark, by, at, amount, account.balance_minor - amount,
          account.balance_minor - account.held_minor - amount);
  if amount > fee then
    insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor, debit_balance_minor)
    values (posting, 1, merchant, account.id, target, amount - fee, account.balance_minor - amount);
  end if;
  if fee > 0 then
    insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor, debit_balance_minor)
    values (posting, 2, merchant, account.id, program.commission_account_id, fee, account.balance_minor - amount);
  end if;
  update ledger_account set balance_minor = balance_minor - amount where id = account.id;
  insert into redemption_redemption (id, merchant_id, card_id, location_id, amount_minor, commission_minor, currency,
                                     reference, actor, redeemed_at)
  values (posting, merchant, card.id, place, amount, fee, money, ref, by, at);
  insert into events_event (id, merchant_id, type, subject, data, actor, at)
  values (uuidv7(), merchant, 'redemption.made', name, jsonb_build_object(
      'redemption', ledger.public_id('red', posting), 'amount_minor', amount, 'currency', money,
      'balance_minor', account.balance_minor - amount, 'commission_minor', fee,
      'location', case when place is not null then ledger.public_id('loc', place) end, 'authorization', null), by, at);
  insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
  values (uuidv7(), merchant, 'redemption.made', 'done', '', name, by, request_id, at);

  answer := row(1, 'done', posting, amount, account.balance_minor - amount,
                account.balance_minor - account.held_minor - amount, money, card.id, card.last4, null, null, at, null);
  return answer;
end $$;

create or replace function plain.authorize_one(
  merchant uuid, hashed bytea, wanted bigint, money text, key text, mark bytea, partial boolean, place uuid, ref text,
  by text, request_id text, lifetime integer, at timestamptz) returns redemption.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  card cards_card;
  account ledger_account;
  answer redemption.answer;
  amount bigint := wanted;
  until timestamptz;
  wrong text;
  posting uuid := uuidv7();
  name text := '';
begin
  select * into card from cards_card where merchant_id = merchant and code_hash = hashed;
  if found then
    account := plain.lock(card.account_id, at);
    select * into card from cards_card where id = card.id;
    name := ledger.public_id('card', card.id);
  end if;

  answer := plain.earlier(merchant, 'key:' || key, 'hold', mark);
  if answer.outcome = 'replayed' then
    return answer;
  elsif answer.outcome is not null then
    perform plain.refuse(case answer.outcome when 'conflict' then 'idempotency_conflict' else answer.outcome end,
                         merchant, 'authorization.placed', name, by, request_id, at);
    return answer;
  end if;

  if wanted is null or wanted < 1 or wanted > 999999999999 then
    wrong := 'amount_invalid';
  elsif lifetime is null or lifetime < 1 or lifetime > 604800 then
    wrong := 'lifetime_invalid';
  elsif length(ref) > 120 then
    wrong := 'reference_invalid';
  elsif card.id is null then
    wrong := 'card_not_found';
  elsif place is not null and not exists (
      select from tenancy_location where id = place and merchant_id = merchant and is_active) then
    wrong := 'location_not_found';
  elsif card.status = 'closed' then
    wrong := 'card_is_closed';
  elsif card.status = 'frozen' then
    wrong := 'card_is_frozen';
  elsif card.expires_at <= at then
    wrong := 'card_is_expired';
  elsif card.currency <> money then
    wrong := 'wrong_currency';
  else
    if partial and account.balance_minor - account.held_minor between 1 and amount then
      amount := account.balance_minor - account.held_minor;
    end if;
    if amount > account.balance_minor - account.held_minor then
      wrong := 'insufficient_funds';
    end if;
  end if;
  if wrong is not null then
    return plain.refuse(wrong, merchant, 'authorization.placed', name, by, request_id, at);
  end if;

  until := at + lifetime * interval '1 second';
  insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at, amount_minor,
                              balance_minor, available_minor)
  values (posting, merchant, 'hold', money, 'key:' || key, mark, by, at, amount, account.balance_minor,
          account.balance_minor - account.held_minor - amount);
  insert into ledger_hold (id, merchant_id, account_id, currency, amount_minor, captured_minor, state, expires_at)
  values (posting, merchant, account.id, money, amount, 0, 'live', until);
  update ledger_account set held_minor = held_minor + amount where id = account.id;
  insert into redemption_authorization (id, merchant_id, card_id, location_id, amount_minor, currency, reference, actor,
                                        expires_at, authorized_at)
  values (posting, merchant, card.id, place, amount, money, ref, by, until, at);
  insert into events_event (id, merchant_id, type, subject, data, actor, at)
  values (uuidv7(), merchant, 'authorization.placed', name, jsonb_build_object(
      'authorization', ledger.public_id('auth', posting), 'amount_minor', amount, 'currency', money,
      'available_minor', account.balance_minor - account.held_minor - amount,
      'location', case when place is not null then ledger.public_id('loc', place) end, 'expires_at', until), by, at);
  insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
  values (uuidv7(), merchant, 'authorization.placed', 'done', '', name, by, request_id, at);

  answer := row(1, 'done', posting, amount, account.balance_minor,
                account.balance_minor - account.held_minor - amount, money, card.id, card.last4, null, until, at, null);
  return answer;
end $$;
