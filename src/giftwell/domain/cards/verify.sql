-- reads: cards_card, cards_cardfreeze, cards_expiry, cards_adjustment, catalog_program, ledger_account, ledger_posting, ledger_transfer, events_event
--
-- The laws of a card's life. Each statement answers the rows that break one law; see the ledger's verify.sql.

-- law 7: a card that can be spent, or ever could, was loaded once, with its face value, in the way of its program
select c.id as card, c.status, c.face_value_minor, l.loads, l.loaded, l.kinds
from cards_card c
join catalog_program g on g.id = c.program_id
left join (
  select t.credit_id as account_id, count(distinct p.id) as loads, sum(t.amount_minor) as loaded,
         string_agg(distinct p.kind, ',') as kinds
  from ledger_posting p join ledger_transfer t on t.posting_id = p.id
  where p.kind in ('fulfil', 'issue') group by t.credit_id) l on l.account_id = c.account_id
where case when c.activated_at is null or c.replaces_id is not null or c.split_from_id is not null then l.loads is not null
           else (l.loads = 1 and l.loaded = c.face_value_minor
                 and l.kinds = case when c.order_line_id is not null or g.funding = 'escrow' then 'fulfil' else 'issue' end) is not true end;

-- law 7: a card that carries another one on, or is a part of it, got its face value out of what was there already
select c.id as card, c.status, c.face_value_minor
from cards_card c
left join (
  select distinct t.credit_id as account_id, p.posted_at, p.amount_minor
  from ledger_posting p join ledger_transfer t on t.posting_id = p.id
  where p.kind in ('transfer', 'refund')) o
  on o.account_id = c.account_id and o.posted_at = c.activated_at and o.amount_minor = c.face_value_minor
where (c.replaces_id is not null or c.split_from_id is not null) and o.account_id is null;

-- law 5: what an expiry took off its card, and a reinstatement put back, is what the books moved, once each
select coalesce(e.card_id, p.card_id) as card, coalesce(e.kind, p.kind) as kind, e.amount_minor, p.amount_minor as posted
from (
  select card_id, 'expire' as kind, expired_at as at, amount_minor from cards_expiry where amount_minor > 0
  union all select card_id, 'reinstate', reinstated_at, amount_minor from cards_expiry
            where amount_minor > 0 and reinstated_at is not null) e
full join (
  select c.id as card_id, p.kind::text as kind, p.posted_at as at, sum(t.amount_minor) as amount_minor
  from ledger_posting p join ledger_transfer t on t.posting_id = p.id
  join cards_card c on c.account_id = case p.kind when 'expire' then t.debit_id else t.credit_id end
  where p.kind in ('expire', 'reinstate') group by c.id, p.kind, p.posted_at) p using (card_id, kind, at)
where (e.amount_minor = p.amount_minor) is not true;

-- law 5: what was adjusted is what the books moved on the card, once for each adjustment that was applied
select coalesce(a.id::text, p.cause) as adjustment, a.change_minor, p.moved
from (select d.*, c.account_id from cards_adjustment d join cards_card c on c.id = d.card_id and c.merchant_id = d.merchant_id
      where d.state = 'applied') a
full join (
  select p.merchant_id, p.cause, side.account_id, sum(side.amount) as moved
  from ledger_posting p join ledger_transfer t on t.posting_id = p.id
  cross join lateral (values (t.credit_id, t.amount_minor), (t.debit_id, -t.amount_minor)) side(account_id, amount)
  join ledger_account c on c.id = side.account_id and c.kind = 'card'
  where p.kind = 'adjustment' and p.cause like 'adjust:%' group by p.merchant_id, p.cause, side.account_id) p
  on p.merchant_id = a.merchant_id and p.cause = 'adjust:' || a.id and p.account_id = a.account_id
where (p.moved = a.change_minor) is not true;

-- law 12: a card that its validity ended has one expiry that stands, and no other card has one
select c.id as card, c.status, c.close_reason, e.id as expiry
from cards_card c full join (select id, card_id from cards_expiry where reinstated_at is null) e on e.card_id = c.id
where (c.close_reason = 'expired') <> (e.id is not null) or c.id is null;

-- law 12: a card is frozen while a reason stands, and only then
select c.id as card, c.status, count(f.id) as reasons
from cards_card c left join cards_cardfreeze f on f.card_id = c.id and f.cleared_at is null
group by c.id, c.status
having c.status <> 'closed' and (c.status = 'frozen') <> (count(f.id) > 0);

-- law 13: each beginning and end of a card was told once, at its instant, and no other was
with happened as (
  select 'card.issued' as type, merchant_id, issued_at as at from cards_card
  union all select 'card.activated', merchant_id, activated_at from cards_card where activated_at is not null
  union all select case when activated_at is null then 'card.cancelled' else 'card.closed' end, merchant_id, closed_at
            from cards_card where closed_at is not null and close_reason <> 'expired'
  union all select 'card.expired', merchant_id, expired_at from cards_expiry
  union all select 'card.reinstated', merchant_id, reinstated_at from cards_expiry where reinstated_at is not null
  union all select 'card.frozen', merchant_id, frozen_at from cards_cardfreeze
  union all select 'card.unfrozen', merchant_id, cleared_at from cards_cardfreeze where cleared_at is not null
),
sums as (
  select type, merchant_id, at, count(*) as rows from happened group by 1, 2, 3
),
told as (
  select type, merchant_id, at, sum(rows)::bigint as rows from (
    select type, merchant_id, at, 1 as rows from events_event
    where type in ('card.issued', 'card.activated', 'card.cancelled', 'card.closed', 'card.frozen', 'card.unfrozen',
                   'card.expired', 'card.reinstated')
    -- Cards that came, or were taken back, in bulk were told of together.
    union all select beginning, merchant_id, at, (data ->> 'count')::integer
              from events_event, unnest(array['card.issued', 'card.activated']) beginning where type = 'batch.issued'
    union all select 'card.closed', merchant_id, at, (data ->> 'count')::integer
              from events_event where type = 'batch.taken_back'
  ) events group by 1, 2, 3
)
select type, merchant_id as merchant, at, sums.rows as happened, told.rows as told
from sums full join told using (type, merchant_id, at)
where (sums.rows = told.rows) is not true;

-- law 13: value that came to a card, from another one or by a load, was told of it once, and nothing else was
with happened as (
  select merchant_id, kind, posted_at as at, count(*) as rows from ledger_posting
  where kind in ('transfer', 'load') group by 1, 2, 3
),
told as (
  select merchant_id, case type when 'card.loaded' then 'load' else 'transfer' end as kind, at, count(*) as rows
  from events_event where type in ('card.value_received', 'card.loaded') group by 1, 2, 3
)
select merchant_id as merchant, kind, at, happened.rows as happened, told.rows as told
from happened full join told using (merchant_id, kind, at)
where (happened.rows = told.rows) is not true;

-- law 14: a card is of its program's merchant and currency
select c.id as card, c.merchant_id as merchant, g.merchant_id as merchant_of_program
from cards_card c join catalog_program g on g.id = c.program_id
where (c.merchant_id, c.currency) is distinct from (g.merchant_id, g.currency);

-- law 14: a card carries on, or is a part of, one of its own merchant and program
select c.id as card, o.id as origin
from cards_card c join cards_card o on o.id = coalesce(c.replaces_id, c.split_from_id)
where (c.merchant_id, c.program_id, c.currency) is distinct from (o.merchant_id, o.program_id, o.currency);
