-- reads: nothing
--
-- The shapes that the ledger's functions take and give, and two small pure functions. A type is made once
-- and kept: a changed one takes a new name for one release, because functions of the old code still use it.

do $$
begin
  if to_regtype('ledger.move') is null then
    -- One posting to make. Legs are flat, four at most: a set of flat rows is read several times faster
    -- than nested arrays.
    create type ledger.move as (
      merchant_id uuid,
      kind text,
      currency text,
      cause text,            -- unique within the merchant for ever
      fingerprint bytea,     -- a repeated cause must show the same one
      actor text,
      subject_id bigint,     -- the guarded account whose available value decides; null where none does
      refusal text,          -- said by the floor above; counts only if the cause is new
      debit1 bigint, credit1 bigint, amount1 bigint,
      debit2 bigint, credit2 bigint, amount2 bigint,
      debit3 bigint, credit3 bigint, amount3 bigint,
      debit4 bigint, credit4 bigint, amount4 bigint,
      of_id uuid,            -- the hold that is captured or voided, the posting that is reversed
      held bigint,           -- what is added to the subject's held value: above 0 places a hold, below 0 frees of of_id's
      held_until timestamptz -- when the placed hold lapses; of a capture: the hold of_id lives on
    );
  end if;
  if to_regtype('ledger.answer') is null then
    create type ledger.answer as (
      idx integer,
      outcome text,            -- done, replayed, conflict, reversed, or why it was refused
      posting_id uuid,
      amount_minor bigint,
      balance_minor bigint,    -- of the subject, after; the first time's when replayed
      available_minor bigint,
      fingerprint bytea,       -- of the one that has the cause, in a conflict only
      posted_at timestamptz
    );
  end if;
end $$;

-- Spending one account step by step inside a set: the state is what is available; a step that does not fit
-- changes nothing. In PL/pgSQL, because an aggregate calls it row by row: as an SQL function it took three
-- times as long.
create or replace function ledger.spend_step(state bigint, opening bigint, change bigint) returns bigint
language plpgsql immutable parallel safe as $$
begin
  state := coalesce(state, opening);
  return case when state + change >= 0 then state + change else state end;
end $$;

create or replace aggregate ledger.spend(opening bigint, change bigint) (sfunc = ledger.spend_step, stype = bigint);

-- The id as it is shown outside, exactly as kit.ids writes it: 130 bits (two zeros in front) as 26
-- characters of base 32.
create or replace function ledger.public_id(prefix text, id uuid) returns text
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  digits constant bytea := '0123456789abcdefghjkmnpqrstvwxyz';
  high constant bigint := substr(uuid_send(id), 1, 8)::bigint;
  low constant bigint := substr(uuid_send(id), 9, 8)::bigint;
begin
  return concat(prefix, '_',
    chr(get_byte(digits, (high >> 61 & 7)::int)),
    chr(get_byte(digits, (high >> 56 & 31)::int)), chr(get_byte(digits, (high >> 51 & 31)::int)),
    chr(get_byte(digits, (high >> 46 & 31)::int)), chr(get_byte(digits, (high >> 41 & 31)::int)),
    chr(get_byte(digits, (high >> 36 & 31)::int)), chr(get_byte(digits, (high >> 31 & 31)::int)),
    chr(get_byte(digits, (high >> 26 & 31)::int)), chr(get_byte(digits, (high >> 21 & 31)::int)),
    chr(get_byte(digits, (high >> 16 & 31)::int)), chr(get_byte(digits, (high >> 11 & 31)::int)),
    chr(get_byte(digits, (high >> 6 & 31)::int)), chr(get_byte(digits, (high >> 1 & 31)::int)),
    chr(get_byte(digits, ((high & 1) << 4 | (low >> 60 & 15))::int)),
    chr(get_byte(digits, (low >> 55 & 31)::int)), chr(get_byte(digits, (low >> 50 & 31)::int)),
    chr(get_byte(digits, (low >> 45 & 31)::int)), chr(get_byte(digits, (low >> 40 & 31)::int)),
    chr(get_byte(digits, (low >> 35 & 31)::int)), chr(get_byte(digits, (low >> 30 & 31)::int)),
    chr(get_byte(digits, (low >> 25 & 31)::int)), chr(get_byte(digits, (low >> 20 & 31)::int)),
    chr(get_byte(digits, (low >> 15 & 31)::int)), chr(get_byte(digits, (low >> 10 & 31)::int)),
    chr(get_byte(digits, (low >> 5 & 31)::int)), chr(get_byte(digits, (low & 31)::int)));
end $$;

-- Where a scope is set, nobody moves another merchant's money; the floors above call it first too.
create or replace function ledger.refuse_other_scope(merchants uuid[]) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  scope constant uuid := nullif(current_setting('app.merchant', true), '')::uuid;
begin
  if scope is not null and exists (select from unnest(merchants) m where m is distinct from scope) then
    raise insufficient_privilege using message = 'this is another merchant than the one in scope';
  end if;
end $$;

-- Cuts a batch where a label comes back: within a run no label of either list repeats (a null label never
-- does), so that a run can be worked as one set, and run after run is the same as one row after the other.
create or replace function ledger.runs(labels text[], others text[]) returns table (lo integer, hi integer)
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  again record;
begin
  lo := 1;
  for again in
    select i, greatest(label_before, other_before) as before
    from (select i, case when label is not null then lag(i) over (partition by label order by i) end as label_before,
                 case when other is not null then lag(i) over (partition by other order by i) end as other_before
          from unnest(labels, others) with ordinality u(label, other, i)) seen
    where greatest(label_before, other_before) is not null order by i
  loop
    if again.before >= lo then
      hi := again.i - 1;
      return next;
      lo := again.i;
    end if;
  end loop;
  hi := cardinality(labels);
  return next;
end $$;

revoke execute on all functions in schema ledger from public;
grant execute on function ledger.public_id(text, uuid), ledger.refuse_other_scope(uuid[]), ledger.runs(text[], text[])
  to giftwell_owner;
