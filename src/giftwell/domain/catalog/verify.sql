-- reads: catalog_program, ledger_account
--
-- Each statement answers the rows that break one law; see the ledger's verify.sql.

-- law 14: a program's accounts are its merchant's and the platform's, of its currency and of the kinds it says
select g.id as program, w.kind, w.account_id as account
from catalog_program g
cross join lateral (values
  ('pending', g.pending_account_id, g.merchant_id),
  ('commission', g.commission_account_id, '00000000-0000-0000-0000-000000000000'::uuid),
  ('issued', g.issued_account_id, g.merchant_id)) w(kind, account_id, owner)
left join ledger_account a on a.id = w.account_id
where w.account_id is not null
  and (a.kind = w.kind and a.currency = g.currency and a.merchant_id = w.owner) is not true;
