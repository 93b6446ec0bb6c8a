-- reads: ledger_account, ledger_posting
--
-- What is wrong with a move, and what it would change.

-- Each move beside its subject as it stands under the lock, the posting that has its cause, what it changes,
-- and what is wrong with it. Private to post_set, into whose query it is planned.
create or replace function ledger.judged(moves ledger.move[])
returns table (idx integer, merchant_id uuid, kind text, fingerprint bytea, subject_id bigint, balance_before bigint,
               held_before bigint, change bigint, held bigint, moved bigint, second_guarded boolean, wrong text,
               old_id uuid, old_kind text, old_fingerprint bytea, old_amount bigint, old_balance bigint,
               old_available bigint, old_at timestamptz)
language sql stable as $$
  select asked.i::integer, asked.merchant_id, asked.kind, coalesce(asked.fingerprint, ''), subject_id,
    subject.balance_minor, subject.held_minor, sums.change, sums.held,
    case when subject_id is null or sums.change = 0 and sums.held = 0 then sums.total
         when sums.change = 0 then abs(sums.held) else abs(sums.change) end,
    others.second_guarded,
    case
      when refusal is not null then refusal
      when sums.out_of_range or sums.total + abs(sums.held) = 0 then 'amount_invalid'
      when others.foreign_account or subject_id is not null and subject.id is null then 'account_not_found'
      when others.other_currency or subject.currency <> asked.currency then 'wrong_currency'
      -- Only the subject of a move is judged, so only a subject may lose value that is guarded.
      when others.guarded_debit or subject_id is null and sums.held <> 0
        or debit1 = credit1 and amount1 > 0 or debit2 = credit2 and amount2 > 0
        or debit3 = credit3 and amount3 > 0 or debit4 = credit4 and amount4 > 0 then 'legs_invalid'
    end,
    old.id, old.kind, old.fingerprint, old.amount_minor, old.balance_minor, old.available_minor, old.posted_at
  from unnest(moves) with ordinality asked(merchant_id, kind, currency, cause, fingerprint, actor, subject_id,
    refusal, debit1, credit1, amount1, debit2, credit2, amount2, debit3, credit3, amount3,
    debit4, credit4, amount4, of_id, held, held_until, i)
  -- A move with an amount out of range is counted as zeros, so that no sum can overflow.
  cross join lateral (
    select out_of_range,
      case when out_of_range then 0 else coalesce(asked.held, 0) end as held,
      case when out_of_range then 0
           else coalesce(amount1, 0) + coalesce(amount2, 0) + coalesce(amount3, 0) + coalesce(amount4, 0) end as total,
      case when out_of_range then 0 else
        case subject_id when credit1 then coalesce(amount1, 0) when debit1 then -coalesce(amount1, 0) else 0 end
        + case subject_id when credit2 then coalesce(amount2, 0) when debit2 then -coalesce(amount2, 0) else 0 end
        + case subject_id when credit3 then coalesce(amount3, 0) when debit3 then -coalesce(amount3, 0) else 0 end
        + case subject_id when credit4 then coalesce(amount4, 0) when debit4 then -coalesce(amount4, 0) else 0 end
      end as change
    from (select (least(amount1, amount2, amount3, amount4) < 0
            or greatest(amount1, amount2, amount3, amount4) > 999999999999
            or asked.held not between -999999999999 and 999999999999) is true as out_of_range offset 0) bounds
    offset 0
  ) sums
  left join ledger_account subject
    on subject.id = subject_id and subject.guarded and subject.merchant_id = asked.merchant_id
  left join ledger_posting old on old.merchant_id = asked.merchant_id and old.cause = asked.cause
  -- The accounts of its legs other than the subject.
  cross join lateral (
    select bool_or((account.merchant_id in (asked.merchant_id, '00000000-0000-0000-0000-000000000000')) is not true)
        as foreign_account,
      bool_or(account.currency <> asked.currency) as other_currency,
      bool_or(account.guarded and debits) as guarded_debit,
      coalesce(bool_or(account.guarded and not debits), false) as second_guarded
    from (values (true, debit1, amount1), (false, credit1, amount1), (true, debit2, amount2), (false, credit2, amount2),
                 (true, debit3, amount3), (false, credit3, amount3), (true, debit4, amount4), (false, credit4, amount4)
         ) leg(debits, account_id, amount)
    left join ledger_account account on account.id = account_id
    -- A leg without an account is nobody's, also where there is no subject to tell it from.
    where amount > 0 and (account_id = subject_id) is not true
  ) others
$$;

revoke execute on all functions in schema ledger from public;
