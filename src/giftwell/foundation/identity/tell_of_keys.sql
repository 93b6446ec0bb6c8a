-- reads: identity_apikey, tenancy_merchant
--
-- Tells at commit that what a merchant's keys may do has changed, so that whoever remembers a key forgets it: the
-- channel is `giftwell_keys`, the payload the merchant's id. By triggers, so that nobody revokes in silence. These rows
-- change seldom, and noting a use or selling changes none of them: no money path ever notifies.
create or replace function identity.tell_of_keys() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_notify('giftwell_keys', to_jsonb(old) ->> tg_argv[0]);
    return null;
end
$$;

drop trigger if exists tell_of_change on public.identity_apikey;
create trigger tell_of_change after update on public.identity_apikey
    for each row when ((old.secret_hash, old.scopes, old.expires_at, old.revoked_at, old.networks, old.requests_a_minute)
                       is distinct from (new.secret_hash, new.scopes, new.expires_at, new.revoked_at, new.networks,
                                             new.requests_a_minute))
    execute function identity.tell_of_keys('merchant_id');
drop trigger if exists tell_of_end on public.identity_apikey;
create trigger tell_of_end after delete on public.identity_apikey
    for each row execute function identity.tell_of_keys('merchant_id');
drop trigger if exists tell_of_keys on public.tenancy_merchant;
create trigger tell_of_keys after update on public.tenancy_merchant
    for each row when (old.status is distinct from new.status) execute function identity.tell_of_keys('id');

revoke all on function identity.tell_of_keys() from public;
grant execute on function identity.tell_of_keys() to giftwell_app;
