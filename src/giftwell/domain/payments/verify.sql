-- reads: payments_payment, payments_paymentrefund, ledger_account, ledger_posting, ledger_transfer, ledger_rollup, ledger_horizon, events_event
--
-- The laws between payments and the books. Each statement answers the rows that break one law; see the ledger's
-- verify.sql.

-- law 5: a payment that arrived is booked once, with what arrived, and no other payment is
select coalesce(p.id::text, s.cause) as payment, p.status, p.settled_minor, p.settled_currency, s.amount_minor as booked,
       s.currency
from (select * from payments_payment where settled_at is not null) p
full join (select * from ledger_posting where kind = 'settle') s
  on s.merchant_id = p.merchant_id and s.cause = 'settle:' || p.id
where (s.amount_minor = p.settled_minor and s.currency = p.settled_currency) is not true;

-- law 5: money that could not be used is owed back once, whole, and only that
select coalesce(p.id::text, d.cause) as payment, p.status, p.settled_minor, d.amount_minor as owed, d.currency
from (select * from payments_payment where status in ('mismatched', 'returned')) p
full join (select * from ledger_posting where kind = 'refund_due') d
  on d.merchant_id = p.merchant_id and d.cause = 'return:' || p.id
where (d.amount_minor = p.settled_minor and d.currency = p.settled_currency) is not true;

-- law 6: what goes back of a payment is what it says, in its currency, and at most what arrived
select p.id as payment, p.settled_minor, p.refunded_minor, r.refunded
from payments_payment p
left join (
  select payment_id, sum(amount_minor) as refunded, min(currency) as currency, max(currency) as another,
         min(merchant_id::text) as merchant, max(merchant_id::text) as another_merchant
  from payments_paymentrefund group by payment_id) r on r.payment_id = p.id
where p.refunded_minor > p.settled_minor or p.refunded_minor <> coalesce(r.refunded, 0)
  or r.currency <> p.settled_currency or r.another <> p.settled_currency
  or r.merchant <> p.merchant_id::text or r.another_merchant <> p.merchant_id::text;

-- law 6: a refund that the gateway confirmed has left the books once, and no other has
select coalesce(r.id::text, s.cause) as refund, r.status, r.amount_minor, s.amount_minor as sent
from (select * from payments_paymentrefund where status = 'refunded') r
full join (select * from ledger_posting where kind = 'refund_sent') s
  on s.merchant_id = r.merchant_id and s.cause = 'refund-sent:' || r.id
where (s.amount_minor = r.amount_minor and s.currency = r.currency) is not true;

-- law 9: what is owed to buyers is the refunds that no gateway has confirmed
select coalesce(a.currency, r.currency) as currency, coalesce(a.owed, 0) as owed, coalesce(r.unconfirmed, 0) as unconfirmed
from (
  select a.currency, sum(part.amount) as owed
  from ledger_account a
  join (
    select account_id, balance_minor as amount from ledger_rollup
    union all
    select account_id, amount
    from ledger_transfer, lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
    where xid >= (select xid from ledger_horizon)) part
    on part.account_id = a.id
  where a.kind = 'refunds_due' group by a.currency) a
full join (
  select currency, sum(amount_minor) as unconfirmed
  from payments_paymentrefund where status <> 'refunded' group by currency) r on r.currency = a.currency
where coalesce(a.owed, 0) <> coalesce(r.unconfirmed, 0);

-- law 13: each payment that settled said so, once
select coalesce(p.merchant_id, e.merchant_id) as merchant, coalesce(p.settled, 0) as settled, coalesce(e.said, 0) as said
from (select merchant_id, count(*) as settled from payments_payment
      where status = 'succeeded' or reason = 'undeliverable' group by merchant_id) p
full join (
  select merchant_id, count(distinct subject) as said, count(*) as times
  from events_event where type = 'payment.settled' group by merchant_id) e on e.merchant_id = p.merchant_id
where (p.settled = e.said and p.settled = e.times) is not true;
