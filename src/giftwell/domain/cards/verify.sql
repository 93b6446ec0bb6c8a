-- reads: cards_card, cards_cardfreeze, catalog_program, ledger_posting, ledger_transfer, events_event
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
where case when c.activated_at is null then l.loads is not null
           else (l.loads = 1 and l.loaded = c.face_value_minor
                 and l.kinds = case g.funding when 'escrow' then 'fulfil' else 'issue' end) is not true end;

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
            from cards_card where closed_at is not null
  union all select 'card.frozen', merchant_id, frozen_at from cards_cardfreeze
  union all select 'card.unfrozen', merchant_id, cleared_at from cards_cardfreeze where cleared_at is not null
),
sums as (
  select type, merchant_id, at, count(*) as rows from happened group by 1, 2, 3
),
told as (
  select type, merchant_id, at, count(*) as rows from events_event
  where type in ('card.issued', 'card.activated', 'card.cancelled', 'card.closed', 'card.frozen', 'card.unfrozen')
  group by 1, 2, 3
)
select type, merchant_id as merchant, at, sums.rows as happened, told.rows as told
from sums full join told using (type, merchant_id, at)
where (sums.rows = told.rows) is not true;

-- law 14: a card is of its program's merchant and currency
select c.id as card, c.merchant_id as merchant, g.merchant_id as merchant_of_program
from cards_card c join catalog_program g on g.id = c.program_id
where (c.merchant_id, c.currency) is distinct from (g.merchant_id, g.currency);
