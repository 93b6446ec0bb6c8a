-- reads: orders_order, orders_orderline, orders_orderrefund, payments_payment, payments_paymentrefund, cards_card, delivery_gift, ledger_account, ledger_posting, ledger_transfer, ledger_rollup, ledger_horizon
--
-- The laws between orders, payments and cards. Each statement answers the rows that break one law; see the
-- ledger's verify.sql.

-- law 6: the refunds of a sold card are what its line says, carried by refunds of its order's payment
select l.id as line, l.refunded_minor, l.refunded_value_minor, r.refunded, r.taken
from orders_orderline l
left join (
  select r.line_id, sum(r.amount_minor) as refunded, sum(r.value_minor) as taken,
         bool_and(c.amount_minor = r.amount_minor and c.currency = r.currency and p.status = 'succeeded'
                  and p.order_id = l.order_id and p.merchant_id = r.merchant_id) as carried
  from orders_orderrefund r
  join orders_orderline l on l.id = r.line_id
  left join payments_paymentrefund c on c.id = r.payment_refund_id
  left join payments_payment p on p.id = c.payment_id
  group by r.line_id) r on r.line_id = l.id
where l.refunded_minor <> coalesce(r.refunded, 0) or l.refunded_value_minor <> coalesce(r.taken, 0)
  or (r.line_id is not null and r.carried is not true);

-- law 7: an order is fulfilled out of a settled payment of its whole price, and of no other
select o.id as orders, o.status, o.total_minor, p.settled_minor
from orders_order o
left join payments_payment p on p.order_id = o.id and p.merchant_id = o.merchant_id and p.status = 'succeeded'
where (o.status = 'fulfilled' and (p.settled_minor = o.total_minor and p.settled_currency = o.currency) is not true)
   or (o.status in ('expired', 'returned') and p.id is not null);

-- law 7: a card of an order has a code and a gift once the order is fulfilled, and neither before
select l.id as line, o.status, c.status as card, g.id as gift
from orders_orderline l
join orders_order o on o.id = l.order_id
left join cards_card c on c.id = l.card_id and c.merchant_id = l.merchant_id and c.order_line_id = l.id
left join delivery_gift g on g.order_line_id = l.id
where not l.is_load and case o.status
        when 'fulfilled' then c.activated_at is not null and g.card_id = l.card_id
        when 'expired' then c.status = 'closed' and c.activated_at is null and g.id is null
        else c.status = 'pending' and g.id is null end is not true;

-- law 7: a load is on a card once its order is fulfilled, with its value, and never before; no gift comes of it
select coalesce(l.id::text, p.cause) as line, l.status, l.value_minor, p.amount_minor as loaded
from (
  select l.id, l.merchant_id, l.value_minor, l.currency, o.status
  from orders_orderline l join orders_order o on o.id = l.order_id and o.merchant_id = l.merchant_id
  where l.is_load) l
full join (select * from ledger_posting where kind = 'load' and cause like 'fulfil:%') p
  on p.merchant_id = l.merchant_id and p.cause = 'fulfil:' || l.id
where case l.status when 'fulfilled' then p.amount_minor = l.value_minor and p.currency = l.currency
                    else l.id is not null and p.id is null end is not true
   or exists (select from delivery_gift g where g.order_line_id = l.id);

-- law 7: money that came for an order which is not fulfilled after all goes back whole
select o.id as orders, o.status, p.status as payment
from orders_order o
left join payments_payment p on p.order_id = o.id and p.merchant_id = o.merchant_id and p.reason = 'undeliverable'
where (o.status = 'returned') <> (p.id is not null);

-- law 7: an order costs what its cards cost
select o.id as orders, o.total_minor, sum(l.price_minor + l.fee_minor) as lines
from orders_order o left join orders_orderline l on l.order_id = o.id and l.currency = o.currency
group by o.id having (o.total_minor = sum(l.price_minor + l.fee_minor)) is not true;

-- law 9: what buyers paid and have not got yet is the settled payments of orders that wait to be fulfilled
select coalesce(a.currency, w.currency) as currency, coalesce(a.unapplied, 0) as unapplied, coalesce(w.waiting, 0) as waiting
from (
  select a.currency, sum(part.amount) as unapplied
  from ledger_account a
  join (
    select account_id, balance_minor as amount from ledger_rollup
    union all
    select account_id, amount
    from ledger_transfer, lateral (values (debit_id, -amount_minor), (credit_id, amount_minor)) side(account_id, amount)
    where xid >= (select xid from ledger_horizon)) part
    on part.account_id = a.id
  where a.kind = 'unapplied' group by a.currency) a
full join (
  select p.settled_currency as currency, sum(p.settled_minor) as waiting
  from payments_payment p join orders_order o on o.id = p.order_id
  where p.status = 'succeeded' and o.status <> 'fulfilled' group by p.settled_currency) w on w.currency = a.currency
where coalesce(a.unapplied, 0) <> coalesce(w.waiting, 0);
