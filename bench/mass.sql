-- Masses of cards and redemptions, made inside the database: what years of selling leave behind, at the speed of
-- `insert … select`. Every law that `verify` checks holds for them (where `told` is on: without events and audit rows
-- law 13 does not). Loaded with triggers off, by an administrator; see mass.py.

create schema if not exists mass;

create table mass.shop (
  n integer primary key, merchant uuid, program uuid, pending bigint, commission bigint, location uuid, unapplied bigint,
  processor bigint, product uuid
);
-- Card i belongs to shop_of[i % cardinality]: the first shop has half of them. Transactions are spread over
-- [first_xid, first_xid + xids), which have ended.
create table mass.ground (
  first_account bigint, told boolean, first_xid bigint, xids bigint, cards bigint, shops integer, face bigint
);

create function mass.shop_of(i bigint, shops integer) returns integer language sql immutable parallel safe as
$$ select case when i % 2 = 0 then 0 else 1 + ((i / 2) % (shops - 1))::integer end $$;

-- Sold between two years and a day ago, in order: ids begin with the time, as they do in life.
create function mass.sold_at(i bigint, cards bigint) returns timestamptz language sql stable parallel safe as
$$ select date_trunc('day', now()) - interval '730 days' + (i::float8 / cards) * interval '729 days' $$;

create procedure mass.add_cards(lo bigint, hi bigint) language plpgsql as $$
declare
  g mass.ground;
begin
  select * into g from mass.ground;
  create temp table made on commit drop as
    select i, s.*, g.first_account + i as account, at, uuidv7(at - clock_timestamp()) as id,
      uuidv7(at - clock_timestamp()) as posting, g.first_xid + i * g.xids / (4 * g.cards) as xid,
      sha256(int8send(i)) as hashed
    from generate_series(lo, hi - 1) i join mass.shop s on s.n = mass.shop_of(i, g.shops),
         lateral (select mass.sold_at(i, g.cards) as at) t;
  insert into ledger_account (id, merchant_id, kind, currency, subject, guarded, balance_minor, held_minor)
    overriding system value
    select account, merchant, 'card', 'EUR', id::text, true, g.face, 0 from made;
  insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at, amount_minor,
                              balance_minor, available_minor)
    select posting, merchant, 'fulfil', 'EUR', 'fulfil:' || id, '', 'command:bench', at, g.face, g.face, g.face from made;
  insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor, credit_balance_minor, xid)
    select posting, 1, merchant, unapplied, account, g.face, g.face, xid from made;
  -- One in fifty is frozen, as its holder asked.
  insert into cards_card (id, merchant_id, program_id, account_id, code_hash, code_encrypted, last4, status, close_reason,
                          currency, face_value_minor, issued_at, activated_at, code_scheme)
    select id, merchant, program, account, hashed, hashed || hashed, upper(right(md5(i::text), 4)),
           case when i % 50 = 7 then 'frozen' else 'active' end, '', 'EUR', g.face, at, at, '' from made;
  insert into cards_cardfreeze (id, merchant_id, card_id, reason, frozen_at, frozen_by, cleared_by)
    select uuidv7(), merchant, id, 'holder', at, 'command:bench', '' from made where i % 50 = 7;
  if g.told then
    create temp table told on commit drop as
      select type, merchant, ledger.public_id('card', id) as subject, at, g.first_xid + i * g.xids / (4 * g.cards) as xid
      from made, unnest(array['card.issued', 'card.activated', case when i % 50 = 7 then 'card.frozen' end]) type
      where type is not null;
    insert into events_event (id, merchant_id, type, subject, data, actor, at, xid)
      select uuidv7(at - clock_timestamp()), merchant, type, subject,
             jsonb_build_object('amount_minor', g.face, 'currency', 'EUR'), 'command:bench', at, xid from told;
    insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at, xid)
      select uuidv7(at - clock_timestamp()), merchant, type, 'done', '', subject, 'command:bench', '', at, xid from told;
  end if;
  commit;
end $$;

-- One card in ten was bought by somebody, alone, in an order of its own; the others of a shop by one payment (mass.py).
create function mass.is_ordered(i bigint) returns boolean language sql immutable parallel safe as
$$ select i % 20 in (4, 15) $$;

create procedure mass.add_orders(lo bigint, hi bigint) language plpgsql as $$
declare
  g mass.ground;
begin
  select * into g from mass.ground;
  create temp table made on commit drop as
    select i, s.*, c.id as card, c.issued_at as at, uuidv7(c.issued_at - clock_timestamp()) as placed,
      uuidv7(c.issued_at - clock_timestamp()) as line, uuidv7(c.issued_at - clock_timestamp()) as payment,
      uuidv7(c.issued_at - clock_timestamp()) as posting, g.first_xid + i * g.xids / (4 * g.cards) as xid
    from generate_series(lo, hi - 1) i
    join ledger_account a on a.id = g.first_account + i
    join cards_card c on c.id = a.subject::uuid
    join mass.shop s on s.merchant = c.merchant_id
    where mass.is_ordered(i);
  insert into orders_order (id, merchant_id, number, buyer_email, buyer_name, currency, total_minor, status, token_hash,
                            placed_at, expires_at, paid_at, fulfilled_at, receipt_queued_at)
    select placed, merchant, overlay(lpad(upper(to_hex(i)), 8, '0') placing '-' from 5 for 0),
           'buyer' || i % 50021 || '@bench.example', '', 'EUR', g.face, 'fulfilled', sha256(int8send(i)),
           at - interval '2 minutes', at + interval '28 minutes', at, at, at from made;
  insert into orders_orderline (id, merchant_id, order_id, position, product_id, card_id, is_load, currency, value_minor,
                                price_minor, discount_minor, fee_minor, commission_minor, recipient_name, recipient_email,
                                sender_name, message, refunded_value_minor, refunded_discount_minor, refunded_minor)
    select line, merchant, placed, 1, product, card, false, 'EUR', g.face, g.face, 0, 0, 0, 'Ada', '', 'Bob', '', 0, 0, 0
    from made;
  insert into delivery_gift (id, merchant_id, card_id, order_id, order_line_id, recipient_name, recipient_email, sender_name,
                             message, token_hash, token_version, made_at)
    select uuidv7(at - clock_timestamp()), merchant, card, placed, line, 'Ada', '', 'Bob', '', sha256(uuid_send(line)), 1, at
    from made;
  insert into payments_payment (id, merchant_id, order_id, gateway, account, reference, checkout_url, amount_minor, currency,
                                status, reason, settled_minor, settled_currency, refunded_minor, created_at, settled_at)
    select payment, merchant, placed, 'sandbox', '', 'bench-' || i, '', g.face, 'EUR', 'succeeded', '', g.face, 'EUR', 0,
           at - interval '1 minute', at from made;
  insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at, amount_minor)
    select posting, merchant, 'settle', 'EUR', 'settle:' || payment, '', 'command:bench', at, g.face from made;
  insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor, xid)
    select posting, 1, merchant, processor, unapplied, g.face, xid from made;
  update cards_card c set order_line_id = made.line from made where c.id = made.card;
  if g.told then
    insert into events_event (id, merchant_id, type, subject, data, actor, at, xid)
      select uuidv7(at - clock_timestamp()), merchant, 'payment.settled', ledger.public_id('pay', payment), '{}',
             'command:bench', at, xid from made;
  end if;
  commit;
end $$;

-- Redemption j is the (j / cards)-th of card j % cards, of 100 minor units, in the last fifty weeks.
create procedure mass.add_redemptions(lo bigint, hi bigint, redemptions bigint) language plpgsql as $$
declare
  g mass.ground;
begin
  select * into g from mass.ground;
  create temp table made on commit drop as
    select j, a.subject::uuid as card, a.id as account, s.*, at, uuidv7(at - clock_timestamp()) as posting,
      g.face - 100 * (j / g.cards + 1) as balance,
      g.first_xid + g.xids / 4 + j * (3 * g.xids / 4) / redemptions as xid
    from generate_series(lo, hi - 1) j
    join ledger_account a on a.id = g.first_account + j % g.cards
    join mass.shop s on s.n = mass.shop_of(j % g.cards, g.shops),
    lateral (select date_trunc('minute', now()) - interval '350 days' + (j::float8 / redemptions) * interval '350 days' as at) t;
  insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at, amount_minor,
                              balance_minor, available_minor)
    select posting, merchant, 'redeem', 'EUR', 'key:' || j || ':' || card, sha256(int8send(j)), 'command:bench', at, 100,
           balance, balance from made;
  insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor, debit_balance_minor, xid)
    select posting, leg, merchant, account, case leg when 1 then pending else commission end,
           case leg when 1 then 97 else 3 end, balance, xid
    from made, generate_series(1, 2) leg;
  insert into redemption_redemption (id, merchant_id, card_id, location_id, amount_minor, commission_minor, currency,
                                     reference, actor, redeemed_at)
    select posting, merchant, card, location, 100, 3, 'EUR', '', 'command:bench', at from made;
  if g.told then
    insert into events_event (id, merchant_id, type, subject, data, actor, at, xid)
      select uuidv7(at - clock_timestamp()), merchant, 'redemption.made', ledger.public_id('card', card),
        jsonb_build_object('redemption', ledger.public_id('red', posting), 'amount_minor', 100, 'currency', 'EUR',
          'balance_minor', balance, 'commission_minor', 3, 'location', null, 'authorization', null),
        'command:bench', at, xid from made;
    insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at, xid)
      select uuidv7(at - clock_timestamp()), merchant, 'redemption.made', 'done', '', ledger.public_id('card', card),
             'command:bench', '', at, xid from made;
  end if;
  update ledger_account set balance_minor = balance_minor - spent
    from (select account, count(*) * 100 as spent from made group by account) sums where id = account;
  commit;
end $$;
