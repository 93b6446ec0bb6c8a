-- reads: events_event
-- The runtime role has no update or delete here; the triggers hold owners and operators to it too.

create or replace trigger append_only
    before update or delete on public.events_event
    for each row execute function audit.refuse_change();

create or replace trigger append_only_whole
    before truncate on public.events_event
    for each statement execute function audit.refuse_change();
