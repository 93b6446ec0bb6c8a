-- reads: nothing
--
-- The root of a Merkle tree, as RFC 6962 builds it: a leaf is a hash over 0x00 and its bytes, a node one over 0x01 and
-- its two children; the last node of an odd level goes up as it is. What is sealed (transfers, audit rows) is sealed
-- under such a root; kit/merkle.py is its twin outside the database.

-- `leaves` are the hashes of the leaves, 32 bytes each, one after the other.
create or replace function audit.merkle_root(leaves bytea) returns bytea
language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  level bytea := leaves;
  nodes integer := length(leaves) / 32;
begin
  while nodes > 1 loop
    select string_agg(sha256('\x01'::bytea || substr(level, 64 * i + 1, 64)), ''::bytea order by i)
           || case when nodes % 2 = 1 then substr(level, 32 * nodes - 31) else '' end
      into level from generate_series(0, nodes / 2 - 1) i;
    nodes := (nodes + 1) / 2;
  end loop;
  return level;
end $$;

revoke all on function audit.merkle_root(bytea) from public;
grant usage on schema audit to giftwell_ledger;
grant execute on function audit.merkle_root(bytea) to giftwell_ledger, giftwell_owner;
