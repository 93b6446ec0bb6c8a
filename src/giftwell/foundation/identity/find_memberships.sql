-- reads: identity_membership, identity_membershiplocation, identity_role, tenancy_merchant

-- identity.find_workplaces(p_user uuid, p_slug text default null)
--   returns rows (membership_id uuid, merchant_id uuid, slug text, name text, is_sandbox boolean, is_suspended boolean,
--   role text, permissions text[], location_ids uuid[]), by name, a live merchant before its twin. permissions is null
--   unless the role is one of the merchant's own; location_ids is null where the person works everywhere.
--
-- The entrance of people who work for merchants: it runs as the owner, because a page knows only an address when it
-- asks, and a suspended merchant is hidden from everyone but its own. It tells a person about their own places only.
drop function if exists identity.find_memberships(uuid, text);
create or replace function identity.find_workplaces(p_user uuid, p_slug text default null)
returns table (
    membership_id uuid, merchant_id uuid, slug text, name text, is_sandbox boolean, is_suspended boolean, role text,
    permissions text[], location_ids uuid[]
)
language sql stable security definer
set search_path = pg_catalog, public, pg_temp
as $$
    select b.id, m.id, m.slug::text, m.name::text, m.live_merchant_id is not null, m.status <> 'active', b.role::text,
           r.permissions::text[],
           (select array_agg(l.location_id) from public.identity_membershiplocation l where l.membership_id = b.id)
    from public.identity_membership b
    join public.tenancy_merchant m on m.id = b.merchant_id
    left join public.identity_role r on r.id = b.custom_role_id
    where b.user_id = p_user
      and (p_slug is null or m.slug = p_slug)
    order by m.name, m.live_merchant_id is not null, m.slug
$$;

revoke all on function identity.find_workplaces(uuid, text) from public;
grant execute on function identity.find_workplaces(uuid, text) to giftwell_app;
