-- reads: ledger_block, ledger_block_account, ledger_sealing, ledger_transfer, ledger_account
--
-- Sealing: what was posted is closed into blocks, each under a Merkle root that is chained to the block before. Off the
-- hot path, behind the horizon, in order, each posting once.

-- The hash of a block's header. Whoever has the last one has all of the history before it.
create or replace function ledger.block_hash(number bigint, first_leaf bigint, postings integer, root bytea, previous bytea,
                                             sealed_at timestamptz) returns bytea
language sql immutable parallel safe as $$
  select sha256('\x02'::bytea || int8send(number) || int8send(first_leaf) || int4send(postings) || root || previous
                || timestamptz_send(sealed_at))
$$;

-- Seals the transfers of the next `width` transaction ids, as far as all of them have ended; answers how many
-- postings it sealed, and how many ids are left to look at.
create or replace function ledger.seal(width bigint, at timestamptz, out sealed bigint, out left_over bigint)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
declare
  most constant integer := 4096;  -- a proof is made out of the leaves of one block: 128 KB
  lo bigint;
  hi bigint;
  horizon bigint;
  one record;
  last record;
  root bytea;
begin
  -- One sealer at a time; a second one waits here, and goes on where the first one stopped.
  select xid into lo from ledger_sealing for update;
  -- Every transaction below has ended: its rows are all here, or never will be. Said by a statement before the one
  -- that reads the rows, so that the younger snapshot sees them all.
  horizon := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  hi := least(lo + width, horizon);
  sealed := 0;
  left_over := greatest(horizon - hi, 0);
  if hi <= lo then
    return;
  end if;
  select number, first_leaf + postings as leaf, hash into last from ledger_block order by number desc limit 1;
  last.number := coalesce(last.number, 0);
  last.leaf := coalesce(last.leaf, 0);
  last.hash := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
  for one in
    select n / most as cut, count(*)::integer as postings, string_agg(sha256('\x00'::bytea || content), ''::bytea order by n) as leaves,
      (array_agg(xid order by n desc))[1] as last_xid, (array_agg(posting_id order by n desc))[1] as last_posting_id,
      string_agg(accounts, ' ') as accounts
    from (
      select row_number() over (order by xid, posting_id) - 1 as n, xid, posting_id, content, accounts
      from ledger.leaves(lo, hi)
    ) numbered
    group by 1 order by 1
  loop
    root := audit.merkle_root(one.leaves);
    last.number := last.number + 1;
    insert into ledger_block (number, first_leaf, postings, last_xid, last_posting_id, root, previous, hash, sealed_at,
                              leaves)
    values (last.number, last.leaf, one.postings, one.last_xid, one.last_posting_id, root, last.hash,
            ledger.block_hash(last.number, last.leaf, one.postings, root, last.hash, at), at, one.leaves)
    returning hash into last.hash;
    insert into ledger_block_account (account_id, block)
    select distinct account_id::bigint, last.number from unnest(string_to_array(one.accounts, ' ')) moved(account_id);
    last.leaf := last.leaf + one.postings;
    sealed := sealed + one.postings;
  end loop;
  update ledger_sealing set xid = hi;
end $$;

create or replace trigger append_only before update or delete or truncate on public.ledger_block
  for each statement execute function ledger.refuse_change();
create or replace trigger append_only before update or delete or truncate on public.ledger_block_account
  for each statement execute function ledger.refuse_change();

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.seal(bigint, timestamptz) to giftwell_app;
