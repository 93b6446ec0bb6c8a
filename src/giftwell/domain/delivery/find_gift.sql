-- reads: delivery_gift
-- The gift page knows a token and no merchant. This gives back two ids and nothing else.

create or replace function delivery.find_gift(wanted_hash bytea)
returns table (merchant_id uuid, gift_id uuid)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
    select g.merchant_id, g.id
      from public.delivery_gift g
     where g.token_hash = wanted_hash
$$;

revoke all on function delivery.find_gift(bytea) from public;
grant execute on function delivery.find_gift(bytea) to giftwell_app;
