-- reads: identity_apikey, tenancy_merchant

-- identity.find_api_key(p_secret_hash bytea)
--   returns at most one row (key_id uuid, merchant_id uuid, scopes text[], expires_at timestamptz, is_suspended boolean,
--   networks text[], requests_a_minute integer)
--
-- The entrance of machines: called before a merchant is known, so it runs as the owner and gives back ids, scopes, expiry
-- and bounds only. p_secret_hash = kit.crypto.keyed_hash(LOOKUP_KEYS["api_key"], secret in utf-8), 32 bytes.
-- A revoked key gives no row. The caller compares expires_at with its own clock, and answers 401 for no row and for an
-- expired one alike, 403 where is_suspended or where networks are named and the caller is in none of them. One index
-- probe; the point of sale calls it through asyncpg as it stands.
-- Dropped first, because what a function gives back cannot be replaced; all this is one transaction.
drop function if exists identity.find_api_key(bytea);
create function identity.find_api_key(p_secret_hash bytea)
returns table (
    key_id uuid, merchant_id uuid, scopes text[], expires_at timestamptz, is_suspended boolean, networks text[],
    requests_a_minute integer
)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
rows 1
as $$
    select k.id, k.merchant_id, k.scopes::text[], k.expires_at, m.status <> 'active', k.networks::text[],
           k.requests_a_minute
    from public.identity_apikey k
    join public.tenancy_merchant m on m.id = k.merchant_id
    where k.secret_hash = p_secret_hash
      and k.revoked_at is null
$$;

revoke all on function identity.find_api_key(bytea) from public;
grant execute on function identity.find_api_key(bytea) to giftwell_app;
