-- reads: ledger_account, ledger_posting, ledger_transfer, ledger_hold, ledger_rollup, ledger_horizon
--
-- The laws of the ledger over the whole database. Each statement answers the rows that break one law, so an
-- empty answer is a law kept. Sets only: every statement reads each table once or twice. None calls a
-- function of the ledger: a check that asks the function under test proves nothing.

-- law 1: each posting's transfers move its own currency between accounts that exist
select p.id as posting, t.leg, p.currency, d.currency as debited, c.currency as credited
from ledger_transfer t
join ledger_posting p on p.id = t.posting_id
left join ledger_account d on d.id = t.debit_id
left join ledger_account c on c.id = t.credit_id
where (d.currency = p.currency and c.currency = p.currency) is not true;

-- law 1: a transfer belongs to a posting of its merchant, and a posting that moves value has transfers
select p.id as posting, p.kind, p.amount_minor, t.transfers
from ledger_posting p
full join (select posting_id, merchant_id, count(*) as transfers from ledger_transfer group by posting_id, merchant_id) t
  on t.posting_id = p.id and t.merchant_id = p.merchant_id
where p.id is null
  or (t.transfers is null) <> (p.kind in ('hold', 'void', 'tombstone'));

-- law 2: the balance of a guarded account is the fold of its transfers
select a.id as account, a.kind, a.balance_minor, coalesce(f.total, 0) as folded
from ledger_account a
left join (
  select account_id, sum(amount) as total
  from ledger_transfer, lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
  group by account_id) f on f.account_id = a.id
where a.guarded and a.balance_minor <> coalesce(f.total, 0);

-- law 2: the balances noted along the way chain: each one less what its posting moved is one that stood before
with net as (
  select posting_id, account_id, sum(amount) as moved, min(noted) as noted, max(noted) as noted_too
  from ledger_transfer, lateral (values (debit_id, -amount_minor, debit_balance_minor),
                                        (credit_id, amount_minor, credit_balance_minor)) side(account_id, amount, noted)
  group by posting_id, account_id
),
guarded as (
  select net.* from net join ledger_account a on a.id = account_id and a.guarded
)
select account_id as account, balance_minor, sum(stands) as off_by from (
  select account_id, noted as balance_minor, 1 as stands from guarded
  union all select account_id, noted - moved, -1 from guarded
  union all select account_id, 0, 1 from guarded group by account_id
  union all select id, balance_minor, -1 from ledger_account
            where guarded and id in (select account_id from guarded)
) steps group by account_id, balance_minor having sum(stands) <> 0 or balance_minor is null;

-- law 2: the rollup is the fold of the transfers up to the horizon
select coalesce(r.account_id, f.account_id) as account, r.balance_minor, f.total as folded
from ledger_rollup r
full join (
  select account_id, sum(amount) as total
  from ledger_transfer, lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
  where xid < (select xid from ledger_horizon)
  group by account_id) f on f.account_id = r.account_id
where r.balance_minor is distinct from f.total
  and not (r.account_id is null and exists (select from ledger_account where id = f.account_id and guarded));

-- law 3: what an account holds is what its live holds say, and never more than it has
select a.id as account, a.balance_minor, a.held_minor, coalesce(h.held, 0) as live_holds
from ledger_account a
left join (select account_id, sum(amount_minor) as held from ledger_hold where state = 'live' group by account_id) h
  on h.account_id = a.id
where a.guarded and (a.held_minor <> coalesce(h.held, 0) or a.held_minor < 0 or a.held_minor > a.balance_minor);

-- law 3: a hold was placed by its posting, and resolved by the one posting that says so, up to what it held
select h.id as hold, h.state, h.amount_minor, h.captured_minor, p.kind as placed_by, e.kinds, e.amount_minor as taken
from ledger_hold h
left join ledger_posting p on p.id = h.id and p.kind = 'hold' and p.merchant_id = h.merchant_id
left join (
  select of_id, string_agg(kind, ' ') as kinds, sum(amount_minor) as amount_minor from ledger_posting
  where kind in ('capture', 'void') group by of_id) e on e.of_id = h.id
where p.id is null or p.amount_minor <> h.amount_minor or h.captured_minor > h.amount_minor
  or e.kinds is distinct from case h.state when 'captured' then 'capture' when 'voided' then 'void' end
  or h.state = 'captured' and e.amount_minor <> h.captured_minor;

-- law 5: one cause has one effect
select merchant_id as merchant, cause, count(*) as postings
from ledger_posting group by merchant_id, cause having count(*) > 1;

-- law 6: each posting is reversed at most once, by its exact mirror
select m.id as reversal, m.of_id as original
from ledger_posting m
where m.kind = 'reversal' and (
  exists (select debit_id, credit_id, amount_minor from ledger_transfer where posting_id = m.id
          except all select credit_id, debit_id, amount_minor from ledger_transfer where posting_id = m.of_id)
  or exists (select credit_id, debit_id, amount_minor from ledger_transfer where posting_id = m.of_id
             except all select debit_id, credit_id, amount_minor from ledger_transfer where posting_id = m.id))
union all
select (array_agg(id))[1], of_id from ledger_posting where kind = 'reversal' group by of_id having count(*) > 1;

-- law 7: no more was delivered, or owed back, than buyers paid in
select a.currency, sum(amount) as unapplied
from ledger_transfer
cross join lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
join ledger_account a on a.id = account_id and a.kind = 'unapplied'
group by a.currency having sum(amount) < 0;

-- law 10: the balances that are kept (guarded, rolled up, and the tail behind the horizon) sum to nothing in each currency
select a.currency, sum(part.amount) as off_by
from (
  select id as account_id, balance_minor as amount from ledger_account where guarded
  union all select account_id, balance_minor from ledger_rollup
  union all select account_id, amount
            from ledger_transfer, lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
            where xid >= (select xid from ledger_horizon) and not exists (
              select from ledger_account where id = account_id and guarded)
) part join ledger_account a on a.id = part.account_id
group by a.currency having sum(part.amount) <> 0;

-- law 11: what cards hold now is what was put on them less what was taken off
select a.merchant_id as merchant, a.currency, sum(a.balance_minor) as outstanding, sum(coalesce(f.total, 0)) as folded
from ledger_account a
left join (
  select account_id, sum(amount) as total
  from ledger_transfer, lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
  group by account_id) f on f.account_id = a.id
where a.kind = 'card'
group by a.merchant_id, a.currency having sum(a.balance_minor) <> sum(coalesce(f.total, 0));

-- law 14: a posting moves value of its merchant and of the platform, and of nobody else
select t.posting_id as posting, t.merchant_id as merchant, d.merchant_id as debited, c.merchant_id as credited
from ledger_transfer t
join ledger_account d on d.id = t.debit_id
join ledger_account c on c.id = t.credit_id
where d.merchant_id not in (t.merchant_id, '00000000-0000-0000-0000-000000000000')
   or c.merchant_id not in (t.merchant_id, '00000000-0000-0000-0000-000000000000');

-- law 14: a hold sets aside value of its merchant
select h.id as hold, h.merchant_id as merchant, a.merchant_id as owner
from ledger_hold h left join ledger_account a on a.id = h.account_id
where (a.merchant_id = h.merchant_id and a.currency = h.currency and a.guarded) is not true;
