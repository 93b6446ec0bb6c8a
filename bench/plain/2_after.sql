-- The plain twin of capture, void and refund. See 1_redeem.sql.

create or replace function plain.capture_one(
  merchant uuid, hold_id uuid, wanted bigint, key text, mark bytea, by text, request_id text, at timestamptz)
returns redemption.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  hold ledger_hold;
  placed redemption_authorization;
  card cards_card;
  program catalog_program;
  account ledger_account;
  answer redemption.answer;
  amount bigint;
  fee bigint := 0;
  target bigint;
  wrong text;
  posting uuid := uuidv7();
  name text := '';
begin
  select * into hold from ledger_hold where id = hold_id and merchant_id = merchant;
  if found then
    account := plain.lock(hold.account_id, at);
    select * into hold from ledger_hold where id = hold_id;
    select * into placed from redemption_authorization where id = hold_id;
    select * into card from cards_card where id = placed.card_id;
    select * into program from catalog_program where id = card.program_id;
    name := ledger.public_id('card', card.id);
  end if;

  answer := plain.earlier(merchant, 'key:' || key, 'capture', mark);
  if answer.outcome = 'replayed' then
    return answer;
  elsif answer.outcome is not null then
    perform plain.refuse(case answer.outcome when 'conflict' then 'idempotency_conflict' else answer.outcome end,
                         merchant, 'redemption.made', name, by, request_id, at);
    return answer;
  end if;

  amount := case when wanted is null then hold.amount_minor else wanted end;
  if hold.id is null then
    wrong := 'authorization_not_found';
  elsif amount < 1 or amount > 999999999999 then
    wrong := 'amount_invalid';
  elsif hold.state <> 'live' or hold.expires_at <= at then
    wrong := 'authorization_not_live';
  elsif amount > hold.amount_minor then
    wrong := 'capture_exceeds_hold';
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

  insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at, of_id,
                              amount_minor, balance_minor, available_minor)
  values (posting, merchant, 'capture', hold.currency, 'key:' || key, mark, by, at, hold_id, amount,
          account.balance_minor - amount,
          account.balance_minor - amount - (account.held_minor - hold.amount_minor));
  if amount > fee then
    insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor, debit_balance_minor)
    values (posting, 1, merchant, account.id, target, amount - fee, account.balance_minor - amount);
  end if;
  if fee > 0 then
    insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor, debit_balance_minor)
    values (posting, 2, merchant, account.id, program.commission_account_id, fee, account.balance_minor - amount);
  end if;
  update ledger_hold set state = 'captured', captured_minor = amount, resolved_at = at where id = hold_id;
  update ledger_account set balance_minor = balance_minor - amount, held_minor = held_minor - hold.amount_minor
  where id = account.id;
  insert into redemption_redemption (id, merchant_id, card_id, location_id, authorization_id, amount_minor,
                                     commission_minor, currency, reference, actor, redeemed_at)
  values (posting, merchant, card.id, placed.location_id, hold_id, amount, fee, hold.currency, placed.reference, by, at);
  insert into events_event (id, merchant_id, type, subject, data, actor, at)
  values (uuidv7(), merchant, 'redemption.made', name, jsonb_build_object(
      'redemption', ledger.public_id('red', posting), 'amount_minor', amount, 'currency', hold.currency,
      'balance_minor', account.balance_minor - amount, 'commission_minor', fee,
      'location', case when placed.location_id is not null then ledger.public_id('loc', placed.location_id) end,
      'authorization', ledger.public_id('auth', hold_id)), by, at);
  insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
  values (uuidv7(), merchant, 'redemption.made', 'done', '', name, by, request_id, at);

  answer := row(1, 'done', posting, amount, account.balance_minor - amount,
                account.balance_minor - amount - (account.held_minor - hold.amount_minor), hold.currency, card.id,
                card.last4, hold_id, null, at, null);
  return answer;
end $$;

create or replace function plain.void_one(
  merchant uuid, hold_id uuid, key text, mark bytea, by text, request_id text, at timestamptz)
returns redemption.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  hold ledger_hold;
  card cards_card;
  account ledger_account;
  answer redemption.answer;
  free bigint;
  wrong text;
  name text := '';
begin
  select * into hold from ledger_hold where id = hold_id and merchant_id = merchant;
  if found then
    account := plain.lock(hold.account_id, at);
    select * into hold from ledger_hold where id = hold_id;
    select c.* into card from cards_card c join redemption_authorization a on a.card_id = c.id where a.id = hold_id;
    name := ledger.public_id('card', card.id);
  end if;

  answer := plain.earlier(merchant, 'key:' || key, 'void', mark);
  if answer.outcome = 'replayed' then
    return answer;
  elsif answer.outcome is not null then
    perform plain.refuse(case answer.outcome when 'conflict' then 'idempotency_conflict' else answer.outcome end,
                         merchant, 'authorization.voided', name, by, request_id, at);
    return answer;
  end if;

  if hold.id is null then
    wrong := 'authorization_not_found';
  elsif hold.state <> 'live' or hold.expires_at <= at then
    wrong := 'authorization_not_live';
  end if;
  if wrong is not null then
    return plain.refuse(wrong, merchant, 'authorization.voided', name, by, request_id, at);
  end if;

  free := account.balance_minor - account.held_minor + hold.amount_minor;
  insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at, of_id,
                              amount_minor, balance_minor, available_minor)
  values (uuidv7(), merchant, 'void', hold.currency, 'key:' || key, mark, by, at, hold_id, hold.amount_minor,
          account.balance_minor, free);
  update ledger_hold set state = 'voided', resolved_at = at where id = hold_id;
  update ledger_account set held_minor = held_minor - hold.amount_minor where id = account.id;
  insert into events_event (id, merchant_id, type, subject, data, actor, at)
  values (uuidv7(), merchant, 'authorization.voided', name, jsonb_build_object(
      'authorization', ledger.public_id('auth', hold_id), 'amount_minor', hold.amount_minor, 'currency', hold.currency,
      'available_minor', free), by, at);
  insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
  values (uuidv7(), merchant, 'authorization.voided', 'done', '', name, by, request_id, at);

  answer := row(1, 'done', hold_id, hold.amount_minor, account.balance_minor, free, hold.currency, card.id, card.last4,
                null, null, at, null);
  return answer;
end $$;

create or replace function plain.refund_one(
  merchant uuid, redemption_id uuid, wanted bigint, key text, mark bytea, by text, request_id text, at timestamptz)
returns redemption.answer
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  made redemption_redemption;
  card cards_card;
  program catalog_program;
  account ledger_account;
  answer redemption.answer;
  amount bigint;
  fee bigint;
  source bigint;
  earlier_fees bigint;
  wrong text;
  posting uuid := uuidv7();
  name text := '';
begin
  select * into made from redemption_redemption where id = redemption_id and merchant_id = merchant;
  if found then
    select * into card from cards_card where id = made.card_id;
    account := plain.lock(card.account_id, at);
    select * into made from redemption_redemption where id = redemption_id;
    select * into card from cards_card where id = made.card_id;
    select * into program from catalog_program where id = card.program_id;
    name := ledger.public_id('card', card.id);
  end if;

  answer := plain.earlier(merchant, 'key:' || key, 'refund', mark);
  if answer.outcome = 'replayed' then
    return answer;
  elsif answer.outcome is not null then
    perform plain.refuse(case answer.outcome when 'conflict' then 'idempotency_conflict' else answer.outcome end,
                         merchant, 'redemption.refunded', name, by, request_id, at);
    return answer;
  end if;

  amount := case when wanted is null then made.amount_minor - made.refunded_minor else wanted end;
  if made.id is null then
    wrong := 'redemption_not_found';
  elsif wanted < 1 or wanted > 999999999999 then
    wrong := 'amount_invalid';
  elsif card.status = 'closed' then
    wrong := 'card_is_closed';
  elsif card.status = 'frozen' then
    wrong := 'card_is_frozen';
  elsif card.expires_at <= at then
    wrong := 'card_is_expired';
  elsif amount = 0 or amount > made.amount_minor - made.refunded_minor then
    wrong := 'refund_exceeds_capture';
  end if;
  if wrong is not null then
    return plain.refuse(wrong, merchant, 'redemption.refunded', name, by, request_id, at);
  end if;

  -- All that has gone back up to now, at the redemption's own rate, less what went back before: summed from
  -- the rows.
  select coalesce(sum(commission_minor), 0) into earlier_fees from redemption_refund r where r.redemption_id = made.id;
  fee := floor(made.commission_minor::numeric * (made.refunded_minor + amount) / made.amount_minor + 0.5) - earlier_fees;
  source := case when program.funding = 'escrow' then program.pending_account_id else program.issued_account_id end;

  insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at, amount_minor,
                              balance_minor, available_minor)
  values (posting, merchant, 'refund', made.currency, 'key:' || key, mark, by, at, amount,
          account.balance_minor + amount, account.balance_minor - account.held_minor + amount);
  if amount > fee then
    insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor, credit_balance_minor)
    values (posting, 1, merchant, source, account.id, amount - fee, account.balance_minor + amount);
  end if;
  if fee > 0 then
    insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor, credit_balance_minor)
    values (posting, 2, merchant, program.commission_account_id, account.id, fee, account.balance_minor + amount);
  end if;
  update ledger_account set balance_minor = balance_minor + amount where id = account.id;
  insert into redemption_refund (id, merchant_id, redemption_id, card_id, amount_minor, commission_minor, currency, actor,
                                 refunded_at)
  values (posting, merchant, made.id, card.id, amount, fee, made.currency, by, at);
  update redemption_redemption set refunded_minor = refunded_minor + amount where id = made.id;
  insert into events_event (id, merchant_id, type, subject, data, actor, at)
  values (uuidv7(), merchant, 'redemption.refunded', name, jsonb_build_object(
      'refund', ledger.public_id('ref', posting), 'redemption', ledger.public_id('red', made.id),
      'amount_minor', amount, 'currency', made.currency, 'balance_minor', account.balance_minor + amount,
      'commission_minor', fee), by, at);
  insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
  values (uuidv7(), merchant, 'redemption.refunded', 'done', '', name, by, request_id, at);

  answer := row(1, 'done', posting, amount, account.balance_minor + amount,
                account.balance_minor - account.held_minor + amount, made.currency, card.id, card.last4, made.id, null, at,
                null);
  return answer;
end $$;
