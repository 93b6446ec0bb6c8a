-- reads: ledger_posting, ledger_transfer, ledger_sealing
--
-- What exactly is sealed: a leaf is the hash of one posting with its transfers. `chain.md` under docs/domain says the
-- bytes, field by field; `check_proof.py` builds them again without this database.
--
-- A leaf has two halves. What a holder of a guarded account may see of a posting (its id, merchant, instant, currency,
-- kind, and what it did to that account) stands in it as it is. Everything else (the accounts on the other side,
-- the commission, the cause, who did it) stands in it as one hash, `rest`, so that a proof can leave it out.

-- A number that may be missing, as eight bytes: no amount is as low as the one that stands for nothing.
create or replace function ledger.bytes_of(number bigint) returns bytea language sql immutable parallel safe as
$$ select int8send(coalesce(number, -9223372036854775808)) $$;

-- Where one guarded account took part, what the posting did to it stands in the leaf as it is. Where several did, the leaf
-- has the root of a tree over their sides, each behind a blind of its own: a proof for the one says nothing of the
-- others, of whom there may be thousands.
create or replace function ledger.blind(secret bytea, posting uuid, account bigint) returns bytea
language sql immutable parallel safe as
$$ select sha256(secret || '\x03'::bytea || uuid_send(posting) || int8send(account)) $$;

-- The hashes of all sides of a posting, by account, one after the other.
create or replace function ledger.sides(secret bytea, posting uuid, tx bigint) returns bytea
language sql stable set search_path = pg_catalog, public, pg_temp set enable_seqscan = off as $$
  select string_agg(sha256('\x00'::bytea || ledger.blind(secret, posting, account_id) || int8send(account_id)
                           || int8send(change) || int8send(balance)), ''::bytea order by account_id)
  from (
    select account_id, sum(amount)::bigint as change, max(noted) as balance
    from ledger_transfer, lateral (values (debit_id, -amount_minor, debit_balance_minor),
                                          (credit_id, amount_minor, credit_balance_minor)) side(account_id, amount, noted)
    where posting_id = posting and xid = tx and noted is not null group by account_id
  ) sides
$$;

-- The contents of the leaves of the transactions [lo, hi), in the order in which they are sealed: by transaction, then by
-- posting. A posting whose row is gone has none; one whose transfers say two transactions is here twice, as what it
-- now is. `accounts` are the guarded ones it moved, with a space between. With `wanted`, these postings alone.
create or replace function ledger.leaves(lo bigint, hi bigint, wanted uuid[] default null)
returns table (xid bigint, posting_id uuid, content bytea, accounts text)
language sql stable set search_path = pg_catalog, public, pg_temp set enable_seqscan = off set work_mem = '64MB' as $$
  with moved as (
    select t.xid, t.posting_id, count(*) as legs,
      string_agg(int2send(leg) || uuid_send(t.merchant_id) || int8send(debit_id) || int8send(credit_id)
        || int8send(amount_minor) || ledger.bytes_of(debit_balance_minor) || ledger.bytes_of(credit_balance_minor),
        ''::bytea order by leg) as bytes,
      min(case when debit_balance_minor is not null and (credit_balance_minor is null or debit_id < credit_id)
               then debit_id when credit_balance_minor is not null then credit_id end) as lowest,
      max(case when debit_balance_minor is not null and (credit_balance_minor is null or debit_id > credit_id)
               then debit_id when credit_balance_minor is not null then credit_id end) as highest,
      sum(case when credit_balance_minor is not null then amount_minor else 0 end
          - case when debit_balance_minor is not null then amount_minor else 0 end)::bigint as change,
      max(coalesce(debit_balance_minor, credit_balance_minor)) as balance
    from ledger_transfer t where t.xid >= lo and t.xid < hi and (wanted is null or t.posting_id = any (wanted))
    group by t.xid, t.posting_id
  )
  select moved.xid, moved.posting_id,
    uuid_send(moved.posting_id) || uuid_send(p.merchant_id) || timestamptz_send(p.posted_at)
      || textsend(p.currency) || textsend(p.kind) || '\x00'::bytea
      || case when lowest is null then '\x00000000'::bytea
              when lowest = highest then '\x00000001'::bytea || int8send(lowest) || int8send(change) || int8send(balance)
              else (select int4send(length(sides) / 32) || audit.merkle_root(sides)
                    from ledger.sides(s.secret, moved.posting_id, moved.xid) sides) end
      || sha256(s.secret || int8send(moved.xid + s.shift) || uuid_send(coalesce(p.of_id, '00000000-0000-0000-0000-000000000000'))
        || ledger.bytes_of(p.amount_minor) || ledger.bytes_of(p.balance_minor) || ledger.bytes_of(p.available_minor)
        || int4send(moved.legs::integer) || moved.bytes
        || textsend(p.cause) || '\x00'::bytea || textsend(p.actor) || '\x00'::bytea || p.fingerprint),
    case when lowest = highest then lowest::text
         when lowest is not null then (
           select string_agg(distinct account_id::text, ' ')
           from ledger_transfer t, lateral (values (debit_id, debit_balance_minor), (credit_id, credit_balance_minor)
                                           ) side(account_id, noted)
           where t.posting_id = moved.posting_id and noted is not null) end
  from moved cross join ledger_sealing s left join ledger_posting p on p.id = moved.posting_id
$$;

revoke execute on all functions in schema ledger from public;
