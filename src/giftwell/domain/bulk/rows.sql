-- reads: bulk_row, bulk_batch, bulk_export, cards_card
--
-- The rows of checked files. The runtime role COPYs them into bulk_row, where it may write and not read; it reads them
-- through these functions, which compare the merchant.

-- COPY is refused where a policy stands, so this stands in for one: rows are added to batches of the merchant in scope.
create or replace function bulk.belong() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if exists (
    select from (select distinct batch_id from added) mine
    left join bulk_batch batch on batch.id = mine.batch_id
      and batch.merchant_id = nullif(current_setting('app.merchant', true), '')::uuid
    where batch.id is null)
  then
    raise insufficient_privilege using message = 'rows are added to a batch of the merchant in scope';
  end if;
  return null;
end $$;
drop trigger if exists belong on public.bulk_row;
create trigger belong after insert on public.bulk_row
  referencing new table as added for each statement execute function bulk.belong();

-- The next good rows of a batch, in the file's order; `taken` says that a card has an imported row's code by now.
create or replace function bulk.next_rows(merchant uuid, batch uuid, after integer, at_most integer)
returns table (row_no integer, card_id uuid, value_minor bigint, expires_at timestamptz, reference text,
               code_hash bytea, code_encrypted bytea, last4 text, taken boolean)
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
begin
  perform ledger.refuse_other_scope(array[merchant]);
  return query
    select r.row_no, r.card_id, r.value_minor, r.expires_at, r.reference, r.code_hash, r.code_encrypted, r.last4,
           r.code_hash is not null and exists (
             select from cards_card c where c.merchant_id = merchant and c.code_hash = r.code_hash)
    from bulk_row r join bulk_batch b on b.id = r.batch_id and b.merchant_id = merchant
    where r.batch_id = batch and r.row_no > after
    order by r.row_no limit at_most;
end $$;

-- Takes the rows of a checked import out whose code cannot be a new card's: a card of this merchant has it, or an earlier
-- row of the file. Answers each with the earlier row, or null where a card has it.
create or replace function bulk.take_out_twins(merchant uuid, batch uuid)
returns table (row_no integer, earlier integer)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  perform ledger.refuse_other_scope(array[merchant]);
  return query
    with ranked as (
      select r.row_no, r.code_hash, min(r.row_no) over (partition by r.code_hash) as first_row
      from bulk_row r join bulk_batch b on b.id = r.batch_id and b.merchant_id = merchant
      where r.batch_id = batch and r.code_hash is not null
    ),
    twins as (
      select row_no, case when row_no > first_row then first_row end as earlier
      from ranked
      where row_no > first_row
        or exists (select from cards_card c where c.merchant_id = merchant and c.code_hash = ranked.code_hash)
    ),
    gone as (
      delete from bulk_row r using twins where r.batch_id = batch and r.row_no = twins.row_no
    )
    select row_no, earlier from twins order by row_no;
end $$;

-- The references of cards of a batch's file, from one card's id to another's: rows got their ids in the file's order.
create or replace function bulk.references(merchant uuid, batch uuid, first uuid, last uuid)
returns table (card_id uuid, reference text)
language plpgsql stable security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
begin
  perform ledger.refuse_other_scope(array[merchant]);
  return query
    select r.card_id, r.reference from bulk_row r join bulk_batch b on b.id = r.batch_id and b.merchant_id = merchant
    where r.batch_id = batch and r.card_id between first and last and r.reference <> '';
end $$;

-- How many good rows a batch has, and what they hold together.
create or replace function bulk.count_rows(merchant uuid, batch uuid, out cards integer, out amount_minor bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select count(*)::integer, coalesce(sum(r.value_minor), 0)::bigint
  from bulk_row r join bulk_batch b on b.id = r.batch_id and b.merchant_id = merchant
  where r.batch_id = batch
    and merchant = coalesce(nullif(current_setting('app.merchant', true), '')::uuid, merchant)
$$;

-- Forgets the rows of a batch that made no card (a check that begins anew, a file that was put aside), whose cards were
-- taken back, or whose codes and references left by its export.
create or replace function bulk.forget_rows(merchant uuid, batch uuid) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  perform ledger.refuse_other_scope(array[merchant]);
  if exists (
    select from bulk_batch b left join bulk_export e on e.batch_id = b.id
    where b.id = batch and b.merchant_id = merchant
      and (b.cards_done = 0 and b.stage <> 'running' or b.stage in ('cancelled', 'reversed') or e.downloaded_at is not null))
  then
    delete from bulk_row r where r.batch_id = batch;
  end if;
end $$;

revoke all on function bulk.belong(), bulk.next_rows(uuid, uuid, integer, integer), bulk.take_out_twins(uuid, uuid),
  bulk.references(uuid, uuid, uuid, uuid),
  bulk.count_rows(uuid, uuid), bulk.forget_rows(uuid, uuid) from public;
grant execute on function bulk.belong(), bulk.next_rows(uuid, uuid, integer, integer), bulk.take_out_twins(uuid, uuid),
  bulk.references(uuid, uuid, uuid, uuid),
  bulk.count_rows(uuid, uuid), bulk.forget_rows(uuid, uuid) to giftwell_app;
