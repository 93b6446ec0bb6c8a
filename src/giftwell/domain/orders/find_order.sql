-- reads: orders_order
-- The order page knows a token and no merchant. This gives back two ids and nothing else.

create or replace function orders.find_order(wanted_hash bytea)
returns table (merchant_id uuid, order_id uuid)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
    select o.merchant_id, o.id
      from public.orders_order o
     where o.token_hash = wanted_hash
$$;

revoke all on function orders.find_order(bytea) from public;
grant execute on function orders.find_order(bytea) to giftwell_app;
