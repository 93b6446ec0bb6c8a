-- reads: audit_auditrow, audit_block, audit_sealing
--
-- Sealing: audit rows are closed into blocks, each under a Merkle root that is chained to the block before. Off the hot
-- path, behind the horizon, in order, each row once.

-- The leaves of the rows of the transactions [lo, hi), in the order in which they are sealed: by transaction, then by id.
-- No text of the database holds a NUL, so one of them ends each text. `shift` is what a restore took off all ids.
create or replace function audit.leaves(lo bigint, hi bigint) returns table (xid bigint, id uuid, leaf bytea)
language sql stable set search_path = pg_catalog, public, pg_temp set enable_seqscan = off set work_mem = '64MB' as $$
  select r.xid, r.id, sha256('\x00'::bytea || int8send(r.xid + s.shift) || uuid_send(r.id)
    || coalesce('\x01'::bytea || uuid_send(r.merchant_id), '\x00'::bytea) || timestamptz_send(r.at)
    || textsend(r.action) || '\x00'::bytea || textsend(r.outcome) || '\x00'::bytea || textsend(r.reason) || '\x00'::bytea
    || textsend(r.subject) || '\x00'::bytea || textsend(r.actor) || '\x00'::bytea
    || textsend(r.request_id) || '\x00'::bytea || textsend(coalesce(r.changes::text, '')))
  from audit_auditrow r cross join audit_sealing s
  where r.xid >= lo and r.xid < hi
$$;

-- The hash of a block's header. Whoever has the last one has all of the history before it.
create or replace function audit.block_hash(number bigint, first_leaf bigint, size integer, root bytea, previous bytea,
                                            sealed_at timestamptz) returns bytea
language sql immutable parallel safe as $$
  select sha256('\x02'::bytea || int8send(number) || int8send(first_leaf) || int4send(size) || root || previous
                || timestamptz_send(sealed_at))
$$;

-- Seals the rows of the next `width` transaction ids, as far as all of them have ended; answers how many rows it
-- sealed, and how many ids are left to look at.
create or replace function audit.seal(width bigint, at timestamptz, out sealed bigint, out left_over bigint)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
declare
  most constant integer := 4096;
  lo bigint;
  hi bigint;
  horizon bigint;
  one record;
  last record;
  root bytea;
begin
  -- One sealer at a time; a second one waits here, and goes on where the first one stopped.
  select xid into lo from audit_sealing for update;
  -- Every transaction below has ended: its rows are all here, or never will be. Said by a statement before the one
  -- that reads the rows, so that the younger snapshot sees them all.
  horizon := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  hi := least(lo + width, horizon);
  sealed := 0;
  left_over := greatest(horizon - hi, 0);
  if hi <= lo then
    return;
  end if;
  select number, first_leaf + size as leaf, hash into last from audit_block order by number desc limit 1;
  last.number := coalesce(last.number, 0);
  last.leaf := coalesce(last.leaf, 0);
  last.hash := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
  for one in
    select n / most as cut, count(*)::integer as size, string_agg(leaf, ''::bytea order by n) as leaves,
      (array_agg(xid order by n desc))[1] as last_xid, (array_agg(id order by n desc))[1] as last_id
    from (select row_number() over (order by xid, id) - 1 as n, xid, id, leaf from audit.leaves(lo, hi)) numbered
    group by 1 order by 1
  loop
    root := audit.merkle_root(one.leaves);
    last.number := last.number + 1;
    insert into audit_block (number, first_leaf, size, last_xid, last_id, root, previous, hash, sealed_at, leaves)
    values (last.number, last.leaf, one.size, one.last_xid, one.last_id, root, last.hash,
            audit.block_hash(last.number, last.leaf, one.size, root, last.hash, at), at, one.leaves)
    returning hash into last.hash;
    last.leaf := last.leaf + one.size;
    sealed := sealed + one.size;
  end loop;
  update audit_sealing set xid = hi;
end $$;

create or replace trigger append_only before update or delete or truncate on public.audit_block
  for each statement execute function audit.refuse_change();

revoke execute on all functions in schema audit from public;
grant execute on function audit.seal(bigint, timestamptz) to giftwell_app;
