-- reads: identity_apikey

-- identity.note_key_use(p_key_ids uuid[], p_at timestamptz) returns void
--
-- Moves last_used_at of these keys forward, by a minute at least. Runs as the owner because one call carries keys of
-- many merchants; it can change nothing but that moment. Rows are locked in the order of their ids, and a row that
-- somebody else holds is skipped: it is being noted right now.
create or replace function identity.note_key_use(p_key_ids uuid[], p_at timestamptz)
returns void
language sql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
    with due as (
        select k.id
        from public.identity_apikey k
        where k.id = any (p_key_ids)
          and (k.last_used_at is null or k.last_used_at <= p_at - interval '1 minute')
        order by k.id
        for no key update skip locked
    )
    update public.identity_apikey k set last_used_at = p_at from due where k.id = due.id
$$;

revoke all on function identity.note_key_use(uuid[], timestamptz) from public;
grant execute on function identity.note_key_use(uuid[], timestamptz) to giftwell_app;
