-- reads: identity_invitation

-- identity.find_invitation(p_token_hash bytea) returns at most one row (invitation_id uuid, merchant_id uuid)
--
-- The entrance of invited people, who know a token and no merchant: it runs as the owner and tells ids only. Whether the
-- invitation still holds is read in the merchant's scope, under a lock.
create or replace function identity.find_invitation(p_token_hash bytea)
returns table (invitation_id uuid, merchant_id uuid)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
rows 1
as $$
    select i.id, i.merchant_id from public.identity_invitation i where i.token_hash = p_token_hash
$$;

revoke all on function identity.find_invitation(bytea) from public;
grant execute on function identity.find_invitation(bytea) to giftwell_app;
