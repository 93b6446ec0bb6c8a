-- reads: identity_membership, identity_accessrules, tenancy_merchant

-- identity.find_access_rules(p_user uuid)
--   returns rows (merchant_id uuid, merchant_name text, password_policy text, second_factor_for_all boolean), one for each
--   merchant the person works for that has rules of its own.
--
-- It runs as the owner, because a person's password is judged before any merchant's scope is entered, and by the rules of
-- all the merchants they work for. It tells nothing but what is asked of this person.
create or replace function identity.find_access_rules(p_user uuid)
returns table (merchant_id uuid, merchant_name text, password_policy text, second_factor_for_all boolean)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
    select m.id, m.name::text, r.password_policy::text, r.second_factor_for_all
    from public.identity_membership b
    join public.tenancy_merchant m on m.id = b.merchant_id
    join public.identity_accessrules r on r.merchant_id = m.id
    where b.user_id = p_user
    order by m.name, m.id
$$;

revoke all on function identity.find_access_rules(uuid) from public;
grant execute on function identity.find_access_rules(uuid) to giftwell_app;
