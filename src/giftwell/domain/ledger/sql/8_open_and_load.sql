-- reads: ledger_account, ledger_posting, ledger_transfer
--
-- The ledger's side of a bulk load: thousands of cards' accounts opened, and loaded, in one posting. What `post` judges
-- for each move is here true of the whole set or the call fails: a load is a part of a batch that was judged row by
-- row before, so a wrong row is a mistake of ours and no answer to anybody.

-- Opens an account for each new card and puts its value on it: one posting with a leg a card (issued → card) and, where
-- the merchant owes a commission on the whole, one leg more (receivable → commission). Answers the accounts' ids in the
-- order of the subjects. The cause is taken once for ever, so a load that was committed cannot happen again.
create or replace function ledger.open_and_load(
  merchant uuid, currency text, cause text, actor text, issued bigint, subjects text[], amounts bigint[],
  receivable bigint, commission bigint, commission_minor bigint, at timestamptz)
returns table (idx integer, account_id bigint)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  platform constant uuid := '00000000-0000-0000-0000-000000000000';
  -- A leg's place in its posting is a small integer.
  most constant integer := 30000;
  posting constant uuid := uuidv7();
  total bigint;
  lowest bigint;
  highest bigint;
begin
  perform ledger.refuse_other_scope(array[merchant]);
  select sum(amount), min(coalesce(amount, 0)), max(amount) into total, lowest, highest from unnest(amounts) amount;
  if cardinality(subjects) is distinct from cardinality(amounts) or cardinality(subjects) not between 1 and most
     or lowest < 1 or highest > 999999999999 or commission_minor < 0 then
    raise 'a load has 1 to % cards, each with its value', most;
  end if;
  -- Law 14: each side is the merchant's own or the platform's, of its kind and currency.
  if not exists (select from ledger_account a where a.id = issued and a.merchant_id = merchant and a.kind = 'issued'
                   and a.currency = open_and_load.currency)
     or commission_minor > 0 and not (
       exists (select from ledger_account a where a.id = receivable and a.merchant_id = merchant
                 and a.kind = 'receivable' and a.currency = open_and_load.currency)
       and exists (select from ledger_account a where a.id = commission and a.merchant_id = platform
                     and a.kind = 'commission' and a.currency = open_and_load.currency)) then
    raise 'a load is made out of the merchant''s own accounts';
  end if;

  insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at, amount_minor)
  values (posting, merchant, 'issue', currency, cause, '', actor, at, total + commission_minor);
  return query
    with
    -- Ids are drawn before the rows are written, so that accounts and transfers need not be joined.
    numbered as materialized (
      select i, subject, amount, nextval('public.ledger_account_id_seq') as id
      from unnest(subjects, amounts) with ordinality wanted(subject, amount, i)
    ),
    opened as (
      insert into ledger_account (id, merchant_id, kind, currency, subject, guarded, balance_minor, held_minor)
      select id, merchant, 'card', currency, subject, true, amount, 0 from numbered order by i
    ),
    loaded as (
      insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor, credit_balance_minor)
      select posting, i, merchant, issued, id, amount, amount from numbered order by i
    ),
    owed as (
      insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor)
      select posting, 0, merchant, receivable, commission, commission_minor where commission_minor > 0
    )
    select i::integer, id from numbered order by i;
end $$;

-- Takes the whole balance of cards back to who issued it, in one posting (card → issued; and the commission that was owed
-- for them, commission → receivable), and answers what each had. The caller has locked the accounts and judged the cards
-- in a later statement; an account that holds something, or has nothing, is left alone and its commission too.
create or replace function ledger.take_back(
  merchant uuid, currency text, cause text, actor text, issued bigint, accounts bigint[], commissions bigint[],
  receivable bigint, commission bigint, at timestamptz)
returns table (account_id bigint, amount_minor bigint)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  platform constant uuid := '00000000-0000-0000-0000-000000000000';
  posting constant uuid := uuidv7();
  taken bigint[];
  amounts bigint[];
  owed bigint;
begin
  perform ledger.refuse_other_scope(array[merchant]);
  if not exists (select from ledger_account a where a.id = issued and a.merchant_id = merchant and a.kind = 'issued'
                   and a.currency = take_back.currency)
     or exists (select from unnest(commissions) k where k > 0) and not (
       exists (select from ledger_account a where a.id = receivable and a.merchant_id = merchant
                 and a.kind = 'receivable' and a.currency = take_back.currency)
       and exists (select from ledger_account a where a.id = commission and a.merchant_id = platform
                     and a.kind = 'commission' and a.currency = take_back.currency)) then
    raise 'value goes back to the merchant that issued it';
  end if;
  with emptied as (
    update ledger_account account set balance_minor = 0
    where account.id = any (accounts) and account.merchant_id = merchant and account.kind = 'card'
      and account.currency = take_back.currency and account.held_minor = 0 and account.balance_minor > 0
    returning account.id, old.balance_minor as amount
  )
  select array_agg(id order by id), array_agg(amount order by id) into taken, amounts from emptied;
  if taken is null then
    return;
  end if;
  select coalesce(sum(k), 0) into owed from unnest(accounts, commissions) of_card(id, k) where id = any (taken);
  insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor, posted_at, amount_minor)
  values (posting, merchant, 'issue_reversal', currency, cause, '', actor, at,
          (select sum(amount) from unnest(amounts) amount) + owed);
  insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor, debit_balance_minor)
  select posting, i, merchant, id, issued, amount, 0 from unnest(taken, amounts) with ordinality emptied(id, amount, i);
  if owed > 0 then
    insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor)
    values (posting, 0, merchant, commission, receivable, owed);
  end if;
  return query select id, amount from unnest(taken, amounts) emptied(id, amount);
end $$;

revoke execute on all functions in schema ledger from public;
grant execute on function
  ledger.open_and_load(uuid, text, text, text, bigint, text[], bigint[], bigint, bigint, bigint, timestamptz),
  ledger.take_back(uuid, text, text, text, bigint, bigint[], bigint[], bigint, bigint, timestamptz)
  to giftwell_owner;
