-- reads: cards_card, cards_expiry, cards_remindermark, catalog_program, ledger_account, events_event, audit_auditrow
--
-- The end of validity, set by set: expiring what is due, and telling before.

-- Expires those of the cards whose time is over and from which nothing is authorized any more; a row for each
-- card that is there: `done`, or why not. What is left on one goes to the platform's expired_value in escrow
-- and back to the merchant's issued otherwise. Called again, or by two at once, it expires a card once.
create or replace function cards.expire(card_ids uuid[], actor text, request_id text, at timestamptz)
returns table (card_id uuid, outcome text, amount_minor bigint)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  platform constant uuid := '00000000-0000-0000-0000-000000000000';
  due uuid[];
  amounts bigint[];
  moves ledger.move[];
begin
  perform ledger.refuse_other_scope(array(select merchant_id from cards_card where id = any (card_ids)));
  -- The account is the card's mutex: a spender that came first is waited for, and seen below in a younger
  -- snapshot. Overdue holds are let go by the lock, so what is held after it is live.
  perform ledger.lock(array(select account_id from cards_card where id = any (card_ids)), at);
  perform from cards_card where id = any (card_ids) order by id for no key update;
  perform ledger.open_accounts(
    array_agg(platform), array_agg('expired_value'::text), array_agg(currency), array_agg(''::text))
  from (select distinct currency::text from cards_card where id = any (card_ids)) used having count(*) > 0;

  select array_agg(card.id order by card.id), array_agg(account.balance_minor order by card.id),
    array_agg(row(card.merchant_id, 'expire', card.currency,
      -- A card expires once for each end of validity that it had.
      concat('expire:', card.id, ':', extract(epoch from card.expires_at)::bigint), '', actor, card.account_id, null,
      card.account_id, coalesce(program.issued_account_id, taker.id), account.balance_minor,
      null, null, null, null, null, null, null, null, null, null, null, null)::ledger.move order by card.id)
      filter (where account.balance_minor > 0)
  into due, amounts, moves
  from cards_card card
  join catalog_program program on program.id = card.program_id
  join ledger_account account on account.id = card.account_id
  left join ledger_account taker on taker.merchant_id = platform and taker.kind = 'expired_value'
    and taker.currency = card.currency and taker.subject = ''
  where card.id = any (card_ids) and card.status in ('active', 'frozen') and card.expires_at <= at
    and account.held_minor = 0;

  -- Cards that were spent to the end have nothing to post.
  if moves is not null and exists (select from ledger.post_locked(moves, at) answer where answer.outcome <> 'done') then
    raise 'the value of an expired card could not be taken off it';
  end if;

  with expired as materialized (
    select card.id, card.merchant_id, card.currency, card.expires_at, left_over.amount_minor,
           ledger.public_id('card', card.id) as name
    from unnest(due, amounts) left_over(id, amount_minor) join cards_card card on card.id = left_over.id
  ),
  ended as (
    update cards_card card set status = 'closed', close_reason = 'expired', closed_at = at
    from expired where card.id = expired.id
  ),
  kept as (
    insert into cards_expiry (id, merchant_id, card_id, amount_minor, due_at, expired_at)
    select uuidv7(), merchant_id, id, amount_minor, expires_at, at from expired
  ),
  told as (
    insert into events_event (id, merchant_id, type, subject, data, actor, at)
    select uuidv7(), merchant_id, 'card.expired', name,
           jsonb_build_object('amount_minor', amount_minor, 'currency', currency, 'due_at', expires_at), actor, at
    from expired
  )
  insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
  select uuidv7(), merchant_id, 'card.expired', 'done', '', name, actor, left(request_id, 64), at from expired;

  return query
    select card.id,
      case when card.id = any (due) then 'done' when card.status not in ('active', 'frozen') then card.status::text
           when card.expires_at is null or card.expires_at > at then 'not_due' else 'held' end,
      coalesce(left_over.amount_minor, 0)
    from cards_card card left join unnest(due, amounts) left_over(id, amount_minor) on left_over.id = card.id
    where card.id = any (card_ids) order by card.id;
end $$;

-- Tells of up to `at_most` active cards that end within `days`, but not within `nearer` days, which is the
-- next reminder's; answers how many it looked at. The mark's row is the lock: two at once go on one after the
-- other. A run that was late tells the nearest reminder only, and a card is told of each of its ends once.
create or replace function cards.tell_expiring(
  days integer, nearer integer, actor text, request_id text, at timestamptz, at_most integer)
returns bigint
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  last_of_all constant uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  until constant timestamptz := at + make_interval(hours => 24 * days);
  past record;
  looked bigint;
  last_at timestamptz;
  last_card uuid;
begin
  perform ledger.refuse_other_scope(array(select nullif(current_setting('app.merchant', true), '')::uuid));
  insert into cards_remindermark (days_before, told_until) values (days, '-infinity') on conflict do nothing;
  select told_until, coalesce(told_card_id, last_of_all) as card_id into past
  from cards_remindermark where days_before = days for update;
  if past.told_until < at + make_interval(hours => 24 * nearer) then
    past.told_until := at + make_interval(hours => 24 * nearer);
    past.card_id := last_of_all;
  end if;
  with soon as materialized (
    select id, merchant_id, account_id, currency, expires_at from cards_card
    where status = 'active' and expires_at is not null
      and (expires_at, id) > (past.told_until, past.card_id) and expires_at <= until
    order by expires_at, id limit at_most
  ),
  worth_it as materialized (
    select soon.*, account.balance_minor, ledger.public_id('card', soon.id) as name
    from soon join ledger_account account on account.id = soon.account_id and account.balance_minor > 0
  ),
  told as (
    insert into events_event (id, merchant_id, type, subject, data, actor, at)
    select uuidv7(), merchant_id, 'card.expires_soon', name, jsonb_build_object('days', days,
        'expires_at', expires_at, 'balance_minor', balance_minor, 'currency', currency), actor, at
    from worth_it
  ),
  audited as (
    insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
    select uuidv7(), merchant_id, 'card.expires_soon', 'done', '', name, actor, left(request_id, 64), at from worth_it
  ),
  place as (
    select expires_at, id, count(*) over () as looked from soon order by expires_at desc, id desc limit 1
  )
  select place.looked, place.expires_at, place.id into looked, last_at, last_card from place;
  looked := coalesce(looked, 0);
  if looked < at_most then
    last_at := greatest(until, past.told_until);
    last_card := null;
  end if;
  update cards_remindermark set told_until = last_at, told_card_id = last_card where days_before = days;
  return looked;
end $$;

revoke execute on function cards.expire(uuid[], text, text, timestamptz),
  cards.tell_expiring(integer, integer, text, text, timestamptz, integer) from public;
grant execute on function cards.expire(uuid[], text, text, timestamptz),
  cards.tell_expiring(integer, integer, text, text, timestamptz, integer) to giftwell_app;
