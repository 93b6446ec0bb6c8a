-- reads: cards_card, cards_staging, catalog_program, catalog_design, ledger_account, events_event, audit_auditrow
--
-- Many cards at once. The runtime role COPYs them into cards_staging, where it may write and not read, and calls this in
-- the same transaction: nothing staged outlives it.

-- Issues the cards that were staged under `load`, active and loaded, and tells of it once: an event and an audit row for
-- all of them, since a million pairs would stand before everybody else's in the relay. Answers how many, and what they
-- hold together. Merchant, currency and accounts are the program's; `commission_minor` is what the merchant owes for all.
create or replace function cards.issue_staged(
  load uuid, batch uuid, subject text, program uuid, program_name text, design uuid, scheme text, cause text,
  receivable bigint, commission_minor bigint, actor text, request_id text, at timestamptz,
  out issued integer, out amount_minor bigint)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  home catalog_program;
  subjects text[];
  amounts bigint[];
  accounts bigint[];
begin
  select * into home from catalog_program p where p.id = issue_staged.program;
  perform ledger.refuse_other_scope(array[home.merchant_id]);
  if home.issued_account_id is null
     or design is not null and not exists (select from catalog_design d where d.id = design and d.merchant_id = home.merchant_id)
  then
    raise 'cards without a payment are issued in a program of one''s own that needs none';
  end if;
  select array_agg(card_id::text order by n), array_agg(value_minor order by n), sum(value_minor)
    into subjects, amounts, amount_minor from cards_staging where load_id = load;
  issued := cardinality(subjects);
  accounts := array(
    select account_id from ledger.open_and_load(home.merchant_id, home.currency, cause, actor, home.issued_account_id, subjects,
      amounts, receivable, home.commission_account_id, commission_minor, at) order by idx);
  insert into cards_card (id, merchant_id, program_id, design_id, account_id, code_hash, code_encrypted, code_scheme, last4,
                          status, close_reason, currency, face_value_minor, expires_at, batch_id, issued_at, activated_at)
  select card_id, home.merchant_id, home.id, design, accounts[n], code_hash, code_encrypted, scheme, last4,
         'active', '', home.currency, value_minor, expires_at, batch, at, at
  from cards_staging where load_id = load order by n;
  delete from cards_staging where load_id = load;
  insert into events_event (id, merchant_id, type, subject, data, actor, at)
  values (uuidv7(), home.merchant_id, 'batch.issued', subject, jsonb_build_object('program', program_name, 'count', issued,
          'amount_minor', amount_minor, 'currency', home.currency), actor, at);
  insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
  values (uuidv7(), home.merchant_id, 'batch.issued', 'done', '', subject, actor, request_id, at);
end $$;

-- Takes the next untouched cards of a batch back, by id: each that still has its face value and no hold is closed, and its
-- value goes back to the merchant, with the commission that was owed for it at these rates. What was spent, topped up, frozen or closed stays as it is. Answers how many were
-- looked at and taken, what they held, and the last one's id, after which the next call goes on (null at the end).
create or replace function cards.take_back(
  merchant uuid, batch uuid, subject text, after uuid, at_most integer, receivable bigint, commission_bps integer,
  commission_fixed_minor bigint, actor text, request_id text, at timestamptz,
  out seen integer, out taken integer, out amount_minor bigint, out last uuid)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
  cards uuid[];
  accounts bigint[];
  untouched bigint[];
  commissions bigint[];
  home catalog_program;
begin
  perform ledger.refuse_other_scope(array[merchant]);
  select array_agg(id order by id), array_agg(account_id) into cards, accounts
  from (select id, account_id from cards_card where merchant_id = merchant and batch_id = batch and id > after
        order by id limit at_most) next;
  seen := coalesce(cardinality(cards), 0);
  last := cards[seen];
  taken := 0;
  amount_minor := 0;
  if seen = 0 then
    return;
  end if;
  select p.* into home from catalog_program p join cards_card c on c.program_id = p.id where c.id = last;
  perform ledger.lock(accounts, at);
  -- A later statement than the lock: whoever spent from one of them before us is seen.
  select array_agg(c.account_id), array_agg(least(c.face_value_minor,
           (c.face_value_minor * commission_bps + 5000) / 10000 + commission_fixed_minor))
    into untouched, commissions
  from cards_card c join ledger_account a on a.id = c.account_id
  where c.id = any (cards) and c.status = 'active' and a.held_minor = 0 and a.balance_minor = c.face_value_minor;
  select count(*), coalesce(sum(t.amount_minor), 0) into taken, amount_minor
  from ledger.take_back(merchant, home.currency, concat('take-back:', batch, ':', last), actor, home.issued_account_id,
                        untouched, commissions, receivable, home.commission_account_id, at) t;
  if taken = 0 then
    return;
  end if;
  update cards_card set status = 'closed', close_reason = 'taken_back', closed_at = at
  where id = any (cards) and account_id = any (untouched);
  insert into events_event (id, merchant_id, type, subject, data, actor, at)
  values (uuidv7(), merchant, 'batch.taken_back', subject, jsonb_build_object('count', taken, 'amount_minor', amount_minor,
          'currency', home.currency), actor, at);
  insert into audit_auditrow (id, merchant_id, action, outcome, reason, subject, actor, request_id, at)
  values (uuidv7(), merchant, 'batch.taken_back', 'done', '', subject, actor, request_id, at);
end $$;

revoke all on function
  cards.issue_staged(uuid, uuid, text, uuid, text, uuid, text, text, bigint, bigint, text, text, timestamptz),
  cards.take_back(uuid, uuid, text, uuid, integer, bigint, integer, bigint, text, text, timestamptz) from public;
grant execute on function
  cards.issue_staged(uuid, uuid, text, uuid, text, uuid, text, text, bigint, bigint, text, text, timestamptz),
  cards.take_back(uuid, uuid, text, uuid, integer, bigint, integer, bigint, text, text, timestamptz) to giftwell_app;
