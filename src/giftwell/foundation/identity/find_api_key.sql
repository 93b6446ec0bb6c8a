-- reads: identity_apikey, tenancy_merchant

-- identity.find_api_key(p_secret_hash bytea)
--   returns at most one row (key_id uuid, merchant_id uuid, scopes text[], expires_at timestamptz, is_suspended boolean)
--
-- The entrance of machines: called before a merchant is known, so it runs as the owner and gives back ids, scopes and
-- expiry only. p_secret_hash = kit.crypto.keyed_hash(LOOKUP_KEYS["api_key"], secret in utf-8), 32 bytes.
-- A revoked key gives no row. The caller compares expires_at with its own clock, and answers 401 for no row and for an
-- expired one alike, 403 where is_suspended. One index probe; the point of sale calls it through asyncpg as it stands.
create or replace function identity.find_api_key(p_secret_hash bytea)
returns table (key_id uuid, merchant_id uuid, scopes text[], expires_at timestamptz, is_suspended boolean)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
rows 1
as $$
    select k.id, k.merchant_id, k.scopes::text[], k.expires_at, m.status <> 'active'
    from public.identity_apikey k
    join public.tenancy_merchant m on m.id = k.merchant_id
    where k.secret_hash = p_secret_hash
      and k.revoked_at is null
$$;

revoke all on function identity.find_api_key(bytea) from public;
grant execute on function identity.find_api_key(bytea) to giftwell_app;
