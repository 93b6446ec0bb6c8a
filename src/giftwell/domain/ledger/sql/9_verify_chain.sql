-- reads: ledger_block, ledger_block_account, ledger_sealing, ledger_transfer, ledger_account
--
-- Reading the chain: does it still say what was sealed, and what does it prove of one account.

-- What is wrong with the blocks [first, final], and with what was closed behind the last of them; no row where all is
-- well. For the platform alone. A place counts from 0 within its block.
create or replace function ledger.check_blocks(first bigint, final bigint)
returns table (block bigint, place bigint, posting_id uuid, finding text)
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
    from ledger_block b left join ledger_block p on p.number = b.number - 1, lateral (
      select case
        when b.number > 1 and p.number is null then 'the block before it is gone'
        when b.previous <> coalesce(p.hash, decode(repeat('00', 32), 'hex'))
          or b.first_leaf <> coalesce(p.first_leaf + p.postings, 0) then 'does not follow the block before it'
        when b.hash <> ledger.block_hash(b.number, b.first_leaf, b.postings, b.root, b.previous, b.sealed_at)
          then 'its header is not what was hashed'
        when length(b.leaves) <> 32 * b.postings or b.root <> audit.merkle_root(b.leaves)
          then 'its leaves are not those of its root'
      end as wrong) w
    where b.number between first and final and wrong is not null;

  select last_xid, last_posting_id into before from ledger_block where number = first - 1;
  select last_xid, last_posting_id, not exists (select from ledger_block l where l.number > b.number) as is_last into ended
    from ledger_block b where number between first and final order by number desc limit 1;
  if ended.last_xid is null then
    return;
  end if;
  return query
    with blocks as (
      select number, postings, leaves, last_xid, last_posting_id from ledger_block where number between first and final
    ),
    -- What is there now, up to where the last block ends; behind the last of all, whatever is in closed transactions.
    found as materialized (
      select l.xid, l.posting_id, coalesce(sha256('\x00'::bytea || content), sha256('')) as leaf
      from ledger.leaves(coalesce(before.last_xid, -9223372036854775807),
                         case when ended.is_last then (select xid from ledger_sealing) else ended.last_xid + 1 end) l
      where (before.last_xid is null or (l.xid, l.posting_id) > (before.last_xid, before.last_posting_id))
        and (ended.is_last or (l.xid, l.posting_id) <= (ended.last_xid, ended.last_posting_id))
    ),
    -- Each belongs to the first block that does not end before it: read backwards, the last end seen.
    placed as (
      select xid, posting_id, leaf, is_end,
        min(number) over (order by xid desc, posting_id desc, number desc nulls last) as number
      from (select xid, posting_id, leaf, null::bigint as number, false as is_end from found
            union all select last_xid, last_posting_id, null, number, true from blocks) both_kinds
    ),
    counted as (
      select number, posting_id, leaf, row_number() over (partition by number order by xid, posting_id) - 1 as place
      from placed where not is_end
    ),
    differs as (
      select b.number, b.postings, b.leaves from blocks b
      left join (select number, string_agg(leaf, ''::bytea order by place) as leaves from counted group by number) now
        on now.number = b.number
      where now.leaves is distinct from b.leaves
    ),
    sealed as (
      select number, n as place, substr(leaves, 32 * n + 1, 32) as leaf from differs, generate_series(0, postings - 1) n
    ),
    gone as (
      select number, place from sealed s
      where not exists (select from counted c where c.number = s.number and c.leaf = s.leaf)
    ),
    new as (
      select number, place, posting_id from counted c
      where number in (select number from differs)
        and not exists (select from sealed s where s.number = c.number and s.leaf = c.leaf)
    )
    select coalesce(gone.number, new.number), coalesce(gone.place, new.place), new.posting_id,
           case when gone.place is null then 'was added' when new.place is null then 'is gone' else 'was altered' end
    from gone full join new on new.number = gone.number and new.place = gone.place
    union all
    select number, min(place), (array_agg(posting_id order by place))[1], 'is not in its place'
    from counted c join sealed s using (number, place)
    where c.leaf <> s.leaf and number not in (select number from gone union select number from new) group by number
    union all
    select number, place, posting_id, 'was added behind what is closed' from counted where number is null
    order by 1, 2;
end $$;

-- What the chain proves of one guarded account: its postings in the last `most` blocks that moved it, oldest first, with
-- what stands in their leaves. Of a posting that moved other guarded accounts too, also all its sides (hashes), and what
-- opens this one's. Nothing for an account of another merchant.
create or replace function ledger.proof(merchant uuid, account bigint, most integer)
returns table (block bigint, posting_id uuid, content bytea, sides bytea, blind bytea, change bigint, balance bigint)
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_custom_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  one record;
  own uuid[];
begin
  perform ledger.refuse_other_scope(array[merchant]);
  if not exists (select from ledger_account where id = account and merchant_id = merchant and guarded) then
    return;
  end if;
  for one in
    select b.number, coalesce(p.last_xid, -9223372036854775807) as lo, p.last_posting_id as after, b.last_xid + 1 as hi,
           b.last_posting_id as until
    from (select block from ledger_block_account where account_id = account order by block desc limit most) moved
    join ledger_block b on b.number = moved.block left join ledger_block p on p.number = b.number - 1
    order by b.number
  loop
    own := array(
      select distinct t.posting_id from ledger_transfer t
      where t.xid >= one.lo and t.xid < one.hi and account in (t.debit_id, t.credit_id)
        and (t.xid > one.lo or one.after is null or t.posting_id > one.after)
        and (t.xid < one.hi - 1 or t.posting_id <= one.until));
    return query
      select one.number, l.posting_id, l.content,
        case when l.accounts like '% %' then ledger.sides(s.secret, l.posting_id, l.xid) end,
        case when l.accounts like '% %' then ledger.blind(s.secret, l.posting_id, account) end,
        sums.change, sums.balance
      from ledger.leaves(one.lo, one.hi, own) l cross join ledger_sealing s, lateral (
        select sum(amount)::bigint as change, max(noted) as balance
        from ledger_transfer t, lateral (values (debit_id, -amount_minor, debit_balance_minor),
                                                (credit_id, amount_minor, credit_balance_minor)) side(id, amount, noted)
        where t.posting_id = l.posting_id and id = account) sums
      order by l.xid, l.posting_id;
  end loop;
end $$;

-- Whether anything is posted and not sealed yet; for the few seconds that this takes, it is nothing to worry about.
create or replace function ledger.waits_for_seal() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
  select exists (select from ledger_transfer where xid >= (select xid from ledger_sealing))
$$;

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.check_blocks(bigint, bigint) to giftwell_app;
grant execute on function ledger.waits_for_seal() to giftwell_app;
grant execute on function ledger.proof(uuid, bigint, integer) to giftwell_app;
