-- reads: identity_keyminute

-- identity.count_key_use(p_key uuid, p_limit integer, p_at timestamptz) returns integer
--   How many more requests the key may make in this minute, after this one; -1 where this one is too many.
--
-- Asked for keys with a limit only. One row a key, begun anew with each minute. The upsert locks the row, so of any number
-- at once exactly p_limit are counted in, whichever process they came to; what was refused is not counted, so that a key
-- that is used too fast gets its whole limit again with the next minute. The table is unlogged: such a commit waits for
-- no disk.
create or replace function identity.count_key_use(p_key uuid, p_limit integer, p_at timestamptz)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
    v_minute timestamptz := date_trunc('minute', p_at);
    v_left integer;
begin
    insert into public.identity_keyminute as m (key_id, minute, requests) values (p_key, v_minute, 1)
    on conflict (key_id) do update set
        minute = greatest(m.minute, v_minute),
        requests = case when m.minute < v_minute then 1 else m.requests + 1 end
    where m.minute < v_minute or m.requests < p_limit
    returning p_limit - m.requests into v_left;
    return coalesce(v_left, -1);
end
$$;

revoke all on function identity.count_key_use(uuid, integer, timestamptz) from public;
grant execute on function identity.count_key_use(uuid, integer, timestamptz) to giftwell_app;
