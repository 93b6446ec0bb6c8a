-- reads: catalog_program
-- What never changes about a program once it is written. Cards were sold under it, and the point of sale credits the
-- accounts it names: an edit would move the money of cards that exist.

create or replace function catalog.keep_program() returns trigger
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (new.id, new.merchant_id, new.currency, new.funding,
        new.pending_account_id, new.commission_account_id, new.issued_account_id)
       is distinct from
       (old.id, old.merchant_id, old.currency, old.funding,
        old.pending_account_id, old.commission_account_id, old.issued_account_id)
    then
        raise exception 'a program keeps its merchant, currency, funding and accounts'
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;

drop trigger if exists keep_program on catalog_program;
create trigger keep_program before update on catalog_program
    for each row execute function catalog.keep_program();

revoke all on function catalog.keep_program() from public;
grant execute on function catalog.keep_program() to giftwell_app;
