-- reads: events_event, audit_auditrow
--
-- The ledger tells of lapsed holds itself, in the statement that lets them go: its role may add events and audit rows, and
-- neither read nor change one.

grant insert on public.events_event, public.audit_auditrow to giftwell_ledger;

drop policy if exists the_ledgers on public.events_event;
create policy the_ledgers on public.events_event for insert to giftwell_ledger with check (true);
drop policy if exists the_ledgers on public.audit_auditrow;
create policy the_ledgers on public.audit_auditrow for insert to giftwell_ledger with check (true);
