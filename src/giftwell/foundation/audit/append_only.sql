-- reads: audit_auditrow
-- The runtime role has no update or delete on append-only tables; these triggers hold owners and operators to it too.

create or replace function audit.refuse_change() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception '% is append-only: % is refused', tg_table_name, lower(tg_op)
        using errcode = 'insufficient_privilege';
end $$;

create or replace trigger append_only
    before update or delete on public.audit_auditrow
    for each row execute function audit.refuse_change();

create or replace trigger append_only_whole
    before truncate on public.audit_auditrow
    for each statement execute function audit.refuse_change();

revoke all on function audit.refuse_change() from public;
