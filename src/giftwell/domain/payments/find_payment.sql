-- reads: payments_payment
-- The webhook entrance knows a gateway's reference and no merchant. This gives back two ids and nothing else.

create or replace function payments.find_payment(wanted_gateway text, wanted_reference text)
returns table (merchant_id uuid, payment_id uuid)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
    select p.merchant_id, p.id
      from public.payments_payment p
     where p.gateway = wanted_gateway
       and p.reference = wanted_reference
       and p.reference <> ''  -- as the partial unique index says, so that it is used
$$;

revoke all on function payments.find_payment(text, text) from public;
grant execute on function payments.find_payment(text, text) to giftwell_app;
