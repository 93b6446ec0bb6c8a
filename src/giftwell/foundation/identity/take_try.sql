-- reads: identity_tries, identity_triesminute

-- identity.take_try(p_key bytea, p_now timestamptz, p_is_known boolean, p_floor integer) returns text
--   'open'     the try may be judged; it counts as a failure until it is given back
--   'waiting'  too many at this door: nothing may be judged before its time
--   'flooded'  too many at all doors together, and this device is not a known one
--   'flood'    the same, and it is the first of its minute: somebody has to be told
--
-- The try is taken before it is judged. The one row of a door is locked by the upsert, and a second try that waited for
-- it sees what the first has written: of any number at once, five are judged and no sixth.
create or replace function identity.take_try(p_key bytea, p_now timestamptz, p_is_known boolean, p_floor integer)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
    v_minute timestamptz := date_trunc('minute', p_now);
    v_count integer;
    v_limit integer;
begin
    insert into public.identity_triesminute as m (minute, failures) values (v_minute, 1)
    on conflict (minute) do update set failures = m.failures + 1
    returning failures into v_count;
    if v_count = 1 then
        -- The first of a minute tidies up: what is older than a day says nothing any more.
        delete from public.identity_tries where last_at < p_now - interval '1 day';
        delete from public.identity_triesminute where minute < v_minute - interval '1 day';
    end if;
    select greatest(p_floor, 10 * coalesce(sum(failures), 0) / 1440) into v_limit
    from public.identity_triesminute where minute < v_minute;
    if v_count > v_limit and not p_is_known then
        return case when v_count = v_limit + 1 then 'flood' else 'flooded' end;
    end if;

    insert into public.identity_tries as t (key, failures, last_at, open_at) values (p_key, 1, p_now, p_now)
    on conflict (key) do update set
        failures = t.failures + 1,
        last_at = p_now,
        -- After the fifth a minute, then 2, 4, 8 and from there on 15.
        open_at = p_now + case when t.failures + 1 < 5 then interval '0'
                               else least(15, 2 ^ least(t.failures + 1 - 5, 4)) * interval '1 minute' end
    where t.open_at <= p_now;
    return case when found then 'open' else 'waiting' end;
end
$$;

revoke all on function identity.take_try(bytea, timestamptz, boolean, integer) from public;
grant execute on function identity.take_try(bytea, timestamptz, boolean, integer) to giftwell_app;

-- identity.give_tries_back(p_keys bytea[], p_now timestamptz)
--   What was tried at these doors was their owner: the doors are open again, and the minute forgets it.
create or replace function identity.give_tries_back(p_keys bytea[], p_now timestamptz) returns void
language sql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
    with gone as (
        delete from public.identity_tries where key = any(p_keys) returning 1
    )
    update public.identity_triesminute set failures = greatest(0, failures - 1)
    where minute = date_trunc('minute', p_now) and exists (select from gone)
$$;

revoke all on function identity.give_tries_back(bytea[], timestamptz) from public;
grant execute on function identity.give_tries_back(bytea[], timestamptz) to giftwell_app;
