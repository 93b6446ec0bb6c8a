-- reads: ledger_account, ledger_posting, ledger_transfer, ledger_hold, ledger_rollup, ledger_horizon
--
-- The laws of the ledger over the whole database. Each statement answers the rows that break one law, so an
-- empty answer is a law kept. Sets only: every statement reads each table once or twice. None calls a
-- function of the ledger: a check that asks the function under test proves nothing.

-- The screens: each is one pass over everything, and notices whatever the laws behind it would. What they compare are
-- sums, and sums of hashes where the order of things does not matter: the noted balances of an account, hashed, less
-- those that each posting found there, hashed, telescope to its balance. A screen that a planned fraud could satisfy
-- would still not get past the chain of blocks.

-- screen plain_accounts (law 2): the transfers of each unguarded account are of its owner, and sum to what is rolled up of it
select coalesce(a.id, f.account_id, r.account_id) as account, a.kind, r.balance_minor, f.rolled
from (select * from ledger_account where not guarded) a
full join (
  select account_id, sum(case when xid < folded_to then amount end) as rolled, bit_and(owner) as owners, bit_or(owner) as owners_too
  from (
    select debit_id, credit_id, amount_minor, debit_balance_minor, credit_balance_minor, xid,
           uuid_hash_extended(merchant_id, 0) as owner, (select xid from ledger_horizon) as folded_to
    from ledger_transfer) t,
  lateral (values (debit_id, -amount_minor, debit_balance_minor), (credit_id, amount_minor, credit_balance_minor)
          ) side(account_id, amount, noted)
  where noted is null group by account_id) f on f.account_id = a.id
full join ledger_rollup r on r.account_id = coalesce(a.id, f.account_id)
where a.id is null or coalesce(r.balance_minor, 0) <> coalesce(f.rolled, 0)
  or a.merchant_id <> '00000000-0000-0000-0000-000000000000'
     and (f.owners <> f.owners_too or f.owners <> uuid_hash_extended(a.merchant_id, 0));

-- screen postings (law 2): each posting has its transfers, and what they note on a guarded account leads from nothing to its balance
with plain as (select id, hashtext(currency) as currency from ledger_account where not guarded),
moved as (
  select t.posting_id, bit_and(uuid_hash_extended(t.merchant_id, 0)) as owners, bit_or(uuid_hash_extended(t.merchant_id, 0)) as owners_too,
    bit_and(d.currency) as debits, bit_or(d.currency) as debits_too, bit_and(c.currency) as credits, bit_or(c.currency) as credits_too,
    min(case when debit_balance_minor is not null and (credit_balance_minor is null or debit_id < credit_id)
             then debit_id when credit_balance_minor is not null then credit_id end) as lowest,
    max(case when debit_balance_minor is not null and (credit_balance_minor is null or debit_id > credit_id)
             then debit_id when credit_balance_minor is not null then credit_id end) as highest,
    sum(case when credit_balance_minor is not null then amount_minor else 0 end
        - case when debit_balance_minor is not null then amount_minor else 0 end)::bigint as change,
    max(coalesce(debit_balance_minor, credit_balance_minor)) as noted
  from ledger_transfer t left join plain d on d.id = t.debit_id left join plain c on c.id = t.credit_id
  group by t.posting_id
),
both_sides as materialized (
  select p.id, m.posting_id, m.lowest, m.highest, m.change, m.noted, hashtext(p.currency) as currency,
    uuid_hash_extended(p.merchant_id, 0) as owner, (m.posting_id is null) <> (p.kind in ('hold', 'void', 'tombstone')) or p.id is null
      or m.owners <> m.owners_too or m.owners <> uuid_hash_extended(p.merchant_id, 0)
      or m.debits <> m.debits_too or m.debits <> hashtext(p.currency)
      or m.credits <> m.credits_too or m.credits <> hashtext(p.currency) as is_wrong
  from ledger_posting p full join moved m on m.posting_id = p.id
),
steps as (
  select account_id, sum(change) as total, sum(hashint8(noted)::bigint - hashint8(noted - change)) as steps,
         bit_and(currency) as currencies, bit_or(currency) as currencies_too,
         bit_and(owner) as owners, bit_or(owner) as owners_too
  from (
    select lowest as account_id, noted, change, currency, owner from both_sides where lowest = highest
    union all
    select account_id, max(side.noted), sum(amount)::bigint, min(b.currency), min(b.owner)
    from both_sides b join ledger_transfer t on t.posting_id = b.posting_id,
    lateral (values (debit_id, -amount_minor, debit_balance_minor), (credit_id, amount_minor, credit_balance_minor)
            ) side(account_id, amount, noted)
    where b.lowest <> b.highest and side.noted is not null group by b.posting_id, account_id) one
  group by account_id
)
select id as posting, null::bigint as account from both_sides where is_wrong
union all
select null, coalesce(a.id, s.account_id)
from (select * from ledger_account where guarded) a full join steps s on s.account_id = a.id
where a.id is null or coalesce(s.total, 0) <> a.balance_minor
  or s.steps <> hashint8(a.balance_minor)::bigint - hashint8(0)
  or s.currencies <> s.currencies_too or s.currencies <> hashtext(a.currency)
  or s.owners <> s.owners_too or s.owners <> uuid_hash_extended(a.merchant_id, 0);

-- screen cause (law 5): the index that keeps causes apart stands
select 'ledger_posting_once' as missing
where not exists (
  select from pg_constraint c join pg_index i on i.indexrelid = c.conindid
  where c.conname = 'ledger_posting_once' and c.contype = 'u' and i.indisvalid and i.indisunique
    and pg_get_constraintdef(c.oid) = 'UNIQUE (merchant_id, cause)');

-- law 1 (behind postings, plain_accounts): each posting's transfers move its own currency between accounts that exist
select p.id as posting, t.leg, p.currency, d.currency as debited, c.currency as credited
from ledger_transfer t
join ledger_posting p on p.id = t.posting_id
left join ledger_account d on d.id = t.debit_id
left join ledger_account c on c.id = t.credit_id
where (d.currency = p.currency and c.currency = p.currency) is not true;

-- law 1 (behind postings): a transfer belongs to a posting of its merchant, and a posting that moves value has transfers
select p.id as posting, p.kind, p.amount_minor, t.transfers
from ledger_posting p
full join (select posting_id, merchant_id, count(*) as transfers from ledger_transfer group by posting_id, merchant_id) t
  on t.posting_id = p.id and t.merchant_id = p.merchant_id
where p.id is null
  or (t.transfers is null) <> (p.kind in ('hold', 'void', 'tombstone'));

-- law 2 (behind postings, plain_accounts): the balance of a guarded account is the fold of its transfers
select a.id as account, a.kind, a.balance_minor, coalesce(f.total, 0) as folded
from ledger_account a
left join (
  select account_id, sum(amount) as total
  from ledger_transfer, lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
  group by account_id) f on f.account_id = a.id
where a.guarded and a.balance_minor <> coalesce(f.total, 0);

-- law 2 (behind postings, plain_accounts): the balances noted along the way chain: each one less what its posting moved is one that stood before
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

-- law 2 (behind plain_accounts): the rollup is the fold of the transfers up to the horizon
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
left join (
  select account_id, sum(amount_minor - captured_minor) as held from ledger_hold where state = 'live' group by account_id) h
  on h.account_id = a.id
where a.guarded and (a.held_minor <> coalesce(h.held, 0) or a.held_minor < 0 or a.held_minor > a.balance_minor);

-- law 3: a hold was placed by its posting, and took what its captures say (a tip may go beyond it) and its void let go
select h.id as hold, h.state, h.amount_minor, h.captured_minor, p.kind as placed_by, e.captures, e.taken, e.voids, e.freed
from ledger_hold h
left join ledger_posting p on p.id = h.id and p.kind = 'hold' and p.merchant_id = h.merchant_id
left join (
  select of_id, count(*) filter (where kind = 'capture') as captures, count(*) filter (where kind = 'void') as voids,
         sum(amount_minor) filter (where kind = 'capture') as taken, sum(amount_minor) filter (where kind = 'void') as freed
  from ledger_posting where kind in ('capture', 'void') group by of_id) e on e.of_id = h.id
where p.id is null or p.amount_minor <> h.amount_minor
  or h.captured_minor <> least(coalesce(e.taken, 0), h.amount_minor)
  or coalesce(e.voids, 0) <> case h.state when 'voided' then 1 else 0 end
  or h.state = 'voided' and e.freed <> h.amount_minor - h.captured_minor
  or h.state = 'captured' and coalesce(e.captures, 0) = 0;

-- law 5 (behind cause): one cause has one effect
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
select a.currency, sum(part.amount) as unapplied
from ledger_account a
join (
  select account_id, balance_minor as amount from ledger_rollup
  union all
  select account_id, amount
  from ledger_transfer, lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
  where xid >= (select xid from ledger_horizon)) part on part.account_id = a.id
where a.kind = 'unapplied' group by a.currency having sum(part.amount) < 0;

-- law 8: a receivable is what a merchant owes, and never what it is owed
select a.merchant_id as merchant, a.currency, sum(part.amount) as owed_to_it
from ledger_account a
join (
  select account_id, balance_minor as amount from ledger_rollup
  union all
  select account_id, amount
  from ledger_transfer, lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
  where xid >= (select xid from ledger_horizon)) part on part.account_id = a.id
where a.kind = 'receivable' group by a.id, a.merchant_id, a.currency having sum(part.amount) > 0;

-- law 10 (behind postings, plain_accounts): the balances that are kept (guarded, rolled up, and the tail behind the horizon) sum to nothing in each currency
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

-- law 11 (behind postings, plain_accounts): what cards hold now is what was put on them less what was taken off
select a.merchant_id as merchant, a.currency, sum(a.balance_minor) as outstanding, sum(coalesce(f.total, 0)) as folded
from ledger_account a
left join (
  select account_id, sum(amount) as total
  from ledger_transfer, lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
  group by account_id) f on f.account_id = a.id
where a.kind = 'card'
group by a.merchant_id, a.currency having sum(a.balance_minor) <> sum(coalesce(f.total, 0));

-- law 14 (behind postings, plain_accounts): a posting moves value of its merchant and of the platform, and of nobody else
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
