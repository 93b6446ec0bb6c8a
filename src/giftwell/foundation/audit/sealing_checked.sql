-- reads: audit_auditrow, audit_block, audit_sealing
--
-- Reading the chain of the audit: does it still say what was sealed.

-- What is wrong with the blocks [first, final], and with what was closed behind the last of them; no row where all is
-- well. For the platform alone. A place counts from 0 within its block.
create or replace function audit.check_blocks(first bigint, final bigint)
returns table (block bigint, place bigint, row_id uuid, finding text)
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan set enable_seqscan = off
set work_mem = '64MB' as $$
#variable_conflict use_column
declare
  before record;
  ended record;
begin
  if current_setting('app.scope', true) is distinct from 'platform' then
    raise insufficient_privilege using message = 'the chain is checked in the scope of the platform';
  end if;
  -- The headers: each follows the one before, and is what its hash says.
  return query
    select b.number, null::bigint, null::uuid, wrong
    from audit_block b left join audit_block p on p.number = b.number - 1, lateral (
      select case
        when b.number > 1 and p.number is null then 'the block before it is gone'
        when b.previous <> coalesce(p.hash, decode(repeat('00', 32), 'hex'))
          or b.first_leaf <> coalesce(p.first_leaf + p.size, 0) then 'does not follow the block before it'
        when b.hash <> audit.block_hash(b.number, b.first_leaf, b.size, b.root, b.previous, b.sealed_at)
          then 'its header is not what was hashed'
        when length(b.leaves) <> 32 * b.size or b.root <> audit.merkle_root(b.leaves)
          then 'its leaves are not those of its root'
      end as wrong) w
    where b.number between first and final and wrong is not null;

  select last_xid, last_id into before from audit_block where number = first - 1;
  select last_xid, last_id, not exists (select from audit_block l where l.number > b.number) as is_last into ended
    from audit_block b where number between first and final order by number desc limit 1;
  return query
    with blocks as (
      select number, size, leaves, last_xid, last_id from audit_block where number between first and final
    ),
    -- What is there now, up to where the last block ends; behind the last of all, whatever is in closed transactions.
    found as materialized (
      select l.xid, l.id, l.leaf
      from audit.leaves(coalesce(before.last_xid, -9223372036854775807),
                        case when coalesce(ended.is_last, true) then (select xid from audit_sealing)
                             else ended.last_xid + 1 end) l
      where (before.last_xid is null or (l.xid, l.id) > (before.last_xid, before.last_id))
        and (coalesce(ended.is_last, true) or (l.xid, l.id) <= (ended.last_xid, ended.last_id))
    ),
    -- Each belongs to the first block that does not end before it: read backwards, the last end seen.
    placed as (
      select xid, id, leaf, is_end, min(number) over (order by xid desc, id desc, number desc nulls last) as number
      from (select xid, id, leaf, null::bigint as number, false as is_end from found
            union all select last_xid, last_id, null, number, true from blocks) both_kinds
    ),
    counted as (
      select number, id, leaf, row_number() over (partition by number order by xid, id) - 1 as place
      from placed where not is_end
    ),
    differs as (
      select b.number, b.size, b.leaves from blocks b
      left join (select number, string_agg(leaf, ''::bytea order by place) as leaves from counted group by number) now
        on now.number = b.number
      where now.leaves is distinct from b.leaves
    ),
    sealed as (
      select number, n as place, substr(leaves, 32 * n + 1, 32) as leaf from differs, generate_series(0, size - 1) n
    ),
    gone as (
      select number, place from sealed s
      where not exists (select from counted c where c.number = s.number and c.leaf = s.leaf)
    ),
    new as (
      select number, place, id from counted c
      where number in (select number from differs)
        and not exists (select from sealed s where s.number = c.number and s.leaf = c.leaf)
    )
    select coalesce(gone.number, new.number), coalesce(gone.place, new.place), new.id,
           case when gone.place is null then 'was added' when new.place is null then 'is gone' else 'was altered' end
    from gone full join new on new.number = gone.number and new.place = gone.place
    union all
    select number, place, id, 'was added behind what is closed' from counted where number is null
    order by 1, 2;
end $$;

revoke execute on all functions in schema audit from public;
grant execute on function audit.check_blocks(bigint, bigint) to giftwell_app;
