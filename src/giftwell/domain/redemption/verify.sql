-- reads: ledger_account, ledger_posting, ledger_transfer, ledger_hold, ledger_rollup, ledger_horizon, cards_card, catalog_program, tenancy_location, redemption_redemption, redemption_authorization, redemption_refund, events_event, audit_auditrow
--
-- The laws that span the ledger and what stands on it. Each statement answers the rows that break one law;
-- see the ledger's own verify.sql.

-- law 5: each redemption, authorization and refund has its posting, and the other way round
select p.id as posting, p.kind, r.id as row_of_redemption, r.amount_minor, p.amount_minor as posted
from (select * from ledger_posting where kind in ('redeem', 'capture', 'hold', 'refund', 'unlinked_refund')) p
full join (
  select id, merchant_id, amount_minor, currency, case when authorization_id is null then 'redeem' else 'capture' end as kind
  from redemption_redemption
  union all select id, merchant_id, amount_minor, currency, 'hold' from redemption_authorization
  union all select id, merchant_id, amount_minor, currency,
                   case when redemption_id is null then 'unlinked_refund' else 'refund' end from redemption_refund
) r on r.id = p.id
where (p.merchant_id = r.merchant_id and p.kind = r.kind and p.amount_minor = r.amount_minor and p.currency = r.currency)
      is not true;

-- law 5: what a redemption says of its card, its commission and its hold is what its transfers moved
select r.id as redemption, r.amount_minor, r.commission_minor, t.taken, t.commission
from redemption_redemption r
left join cards_card c on c.id = r.card_id and c.merchant_id = r.merchant_id
left join (
  select t.posting_id, sum(t.amount_minor) as taken, min(t.debit_id) as debited, max(t.debit_id) as debited_too,
         coalesce(sum(t.amount_minor) filter (where a.kind = 'commission'), 0) as commission
  from ledger_transfer t join ledger_account a on a.id = t.credit_id group by t.posting_id) t on t.posting_id = r.id
where (t.taken = r.amount_minor and t.commission = r.commission_minor and t.debited = c.account_id
       and t.debited_too = c.account_id) is not true;

-- law 6: the refunds of a redemption are what it says, at most what it took, and return its commission in proportion;
-- where one was reversed, the next ones make it good, and the last one exactly
select r.id as redemption, r.amount_minor, r.refunded_minor, f.refunded, r.commission_minor, f.commission
from redemption_redemption r
left join (
  select redemption_id, sum(amount_minor) filter (where reversed_at is null) as refunded,
         sum(commission_minor) filter (where reversed_at is null) as commission,
         count(*) filter (where reversed_at is not null) as reversed, min(merchant_id::text) as merchant,
         max(merchant_id::text) as merchant_too
  from redemption_refund group by redemption_id) f on f.redemption_id = r.id
where r.refunded_minor <> coalesce(f.refunded, 0) or r.refunded_minor > r.amount_minor
  or f.merchant <> r.merchant_id::text or f.merchant_too <> r.merchant_id::text
  or coalesce(f.commission, 0) > r.commission_minor
  or (coalesce(f.reversed, 0) = 0 or r.refunded_minor = r.amount_minor) and coalesce(f.commission, 0)
     <> div(2::numeric * r.commission_minor * r.refunded_minor + r.amount_minor, 2 * r.amount_minor);

-- law 6: what says that it was reversed was, at that instant, and nothing else of its kind
select u.id, u.reversed_at, m.id as reversal, m.posted_at
from (select id, reversed_at from redemption_redemption union all select id, reversed_at from redemption_refund) u
left join (select id, of_id, posted_at from ledger_posting where kind = 'reversal') m on m.of_id = u.id
where u.reversed_at is distinct from m.posted_at;

-- law 6: what was reversed as a whole was not refunded too
select id as redemption, refunded_minor, reversed_at
from redemption_redemption where reversed_at is not null and refunded_minor <> 0;

-- law 3: the tips of an authorization are at most 30 % of it, and nothing but a capture has one
select r.authorization_id as authorization, a.amount_minor as authorized, sum(r.tip_minor) as tips
from redemption_redemption r left join redemption_authorization a on a.id = r.authorization_id
where r.tip_minor > 0 and r.reversed_at is null
group by r.authorization_id, a.amount_minor
having r.authorization_id is null or sum(r.tip_minor) > a.amount_minor * 30 / 100;

-- law 9: what a merchant itself owes its holders is what its direct and promotional cards hold
select o.merchant_id as merchant, o.currency, o.outstanding, i.issued
from (
  select a.merchant_id, a.currency, sum(a.balance_minor) as outstanding
  from cards_card c join catalog_program g on g.id = c.program_id and g.funding <> 'escrow'
  join ledger_account a on a.id = c.account_id group by a.merchant_id, a.currency) o
full join (
  select a.merchant_id, a.currency, -sum(part.amount) as issued
  from ledger_account a
  join (
    select account_id, balance_minor as amount from ledger_rollup
    union all
    select account_id, amount
    from ledger_transfer, lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
    where xid >= (select xid from ledger_horizon)) part
    on part.account_id = a.id
  where a.kind = 'issued' group by a.merchant_id, a.currency) i
  on i.merchant_id = o.merchant_id and i.currency = o.currency
where coalesce(o.outstanding, 0) <> coalesce(i.issued, 0);

-- law 12: a closed or pending card holds nothing, and a pending one has no code
select c.id as card, c.status, a.balance_minor, a.held_minor
from cards_card c left join ledger_account a on a.id = c.account_id
where c.status in ('closed', 'pending') and (a.balance_minor <> 0 or a.held_minor <> 0)
   or c.status = 'pending' and c.code_hash is not null;

-- law 14: a card's account is its own: of its merchant and currency, and a card's
select c.id as card, c.account_id as account
from cards_card c left join ledger_account a on a.id = c.account_id
where (a.kind = 'card' and a.merchant_id = c.merchant_id and a.currency = c.currency) is not true;

-- law 13: each redemption, authorization, void, refund and reversal was told and written down once, at its instant, and no other was
with happened as (
  select 'redemption.made' as type, merchant_id, redeemed_at as at, amount_minor from redemption_redemption
  union all select 'authorization.placed', merchant_id, authorized_at, amount_minor from redemption_authorization
  union all select case when redemption_id is null then 'card.refunded' else 'redemption.refunded' end, merchant_id,
                   refunded_at, amount_minor from redemption_refund
  union all select 'redemption.reversed', merchant_id, reversed_at, amount_minor
            from redemption_redemption where reversed_at is not null
  union all select 'refund.reversed', merchant_id, reversed_at, amount_minor
            from redemption_refund where reversed_at is not null
  union all select 'authorization.voided', merchant_id, posted_at, amount_minor from ledger_posting where kind = 'void'
  union all select 'authorization.lapsed', merchant_id, resolved_at, amount_minor - captured_minor from ledger_hold where state = 'lapsed'
),
sums as (
  select type, merchant_id, at, count(*) as rows, sum(amount_minor) as amount_minor from happened group by 1, 2, 3
),
told as (
  select type, merchant_id, at, count(*) as rows, sum((data ->> 'amount_minor')::bigint) as amount_minor
  from events_event where type in ('redemption.made', 'authorization.placed', 'redemption.refunded', 'card.refunded',
                                   'redemption.reversed', 'refund.reversed', 'authorization.voided',
                                   'authorization.lapsed') group by 1, 2, 3
),
audited as (
  select action as type, merchant_id, at, count(*) as rows
  from audit_auditrow where outcome = 'done' and action in ('redemption.made', 'authorization.placed',
    'redemption.refunded', 'card.refunded', 'redemption.reversed', 'refund.reversed', 'authorization.voided',
    'authorization.lapsed') group by 1, 2, 3
)
select type, merchant_id as merchant, at, sums.rows as happened, told.rows as told, audited.rows as audited
from sums full join told using (type, merchant_id, at) full join audited using (type, merchant_id, at)
where (sums.rows = told.rows and sums.rows = audited.rows and sums.amount_minor = told.amount_minor) is not true;

-- law 14: a redemption was made at a location of its merchant, or none
select r.id as redemption, r.location_id as location
from redemption_redemption r left join tenancy_location l on l.id = r.location_id and l.merchant_id = r.merchant_id
where r.location_id is not null and l.id is null;
