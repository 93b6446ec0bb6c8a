-- reads: events_event, audit_auditrow, redemption_redemption, redemption_authorization, redemption_refund
--
-- The ledger tells of lapsed holds itself, in the statement that lets them go: its role may add events and
-- audit rows, and neither read nor change one.

grant insert on public.events_event, public.audit_auditrow to giftwell_ledger;

drop policy if exists the_ledgers on public.events_event;
create policy the_ledgers on public.events_event for insert to giftwell_ledger with check (true);
drop policy if exists the_ledgers on public.audit_auditrow;
create policy the_ledgers on public.audit_auditrow for insert to giftwell_ledger with check (true);

-- What was redeemed and refunded decides what may be refunded: the runtime role reads it, and writes it by
-- these functions alone.
revoke insert, update, delete on public.redemption_redemption, public.redemption_authorization, public.redemption_refund
  from giftwell_app;
