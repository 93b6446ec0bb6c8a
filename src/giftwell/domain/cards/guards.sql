-- reads: cards_card, catalog_program
-- What a card can never do, whoever writes its row. A late or repeated message must not bring a closed card back, a code is
-- given once, and an edit must not change what was sold.

create or replace function cards.keep_card() returns trigger
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
as $$
begin
    if (new.id, new.merchant_id, new.program_id, new.account_id, new.currency, new.face_value_minor,
        new.batch_id, new.order_line_id, new.issued_at, new.replaces_id, new.split_from_id)
       is distinct from
       (old.id, old.merchant_id, old.program_id, old.account_id, old.currency, old.face_value_minor,
        old.batch_id, old.order_line_id, old.issued_at, old.replaces_id, old.split_from_id)
    then
        raise exception 'a card keeps its merchant, program, account, currency, face value and origin'
            using errcode = 'integrity_constraint_violation';
    end if;
    if old.code_hash is not null and new.code_hash is distinct from old.code_hash then
        raise exception 'a card keeps its code' using errcode = 'integrity_constraint_violation';
    end if;
    -- A holder was promised a day: it may come later, never earlier.
    if old.activated_at is not null and (new.activated_at is distinct from old.activated_at
        or coalesce(new.expires_at, 'infinity') < coalesce(old.expires_at, 'infinity'))
    then
        raise exception 'a card keeps its validity' using errcode = 'integrity_constraint_violation';
    end if;
    -- The last pair is the one way back: an expired card that is reinstated.
    if new.status <> old.status and (old.status, new.status) not in (
        ('pending', 'active'), ('pending', 'closed'), ('active', 'frozen'), ('active', 'closed'),
        ('frozen', 'active'), ('frozen', 'closed'), ('closed', 'active'))
       or old.status = 'closed' and new.status = 'active' and old.close_reason <> 'expired'
    then
        raise exception 'a card does not go from % to %', old.status, new.status
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end
$$;

drop trigger if exists keep_card on cards_card;
create trigger keep_card before update on cards_card
    for each row execute function cards.keep_card();

-- A card is minted by its own merchant, in its program's currency. The check of the foreign key alone would let a card of
-- one merchant point at another's program, because such checks see every row.
create or replace function cards.belong() returns trigger
    language plpgsql
    set search_path = pg_catalog, public, pg_temp
as $$
begin
    if exists (
        select from minted
        left join catalog_program program on program.id = minted.program_id
            and program.merchant_id = minted.merchant_id and program.currency = minted.currency
        where program.id is null)
    then
        raise exception 'a card belongs to its program''s merchant and has its currency'
            using errcode = 'integrity_constraint_violation';
    end if;
    -- Asked only where there is one: a load of thousands has none, and would look each up in vain.
    if exists (select from minted where coalesce(replaces_id, split_from_id) is not null) and exists (
        select from minted
        left join cards_card origin on origin.id = coalesce(minted.replaces_id, minted.split_from_id)
            and origin.merchant_id = minted.merchant_id and origin.program_id = minted.program_id
        where coalesce(minted.replaces_id, minted.split_from_id) is not null and origin.id is null)
    then
        raise exception 'a card carries on one of its own merchant and program'
            using errcode = 'integrity_constraint_violation';
    end if;
    return null;
end
$$;

-- Once a statement, so that a batch of cards is judged in one look.
drop trigger if exists belong on cards_card;
create trigger belong after insert on cards_card
    referencing new table as minted for each statement execute function cards.belong();

revoke all on function cards.keep_card(), cards.belong() from public;
grant execute on function cards.keep_card(), cards.belong() to giftwell_app;
