-- reads: redemption_redemption, ledger_account, tenancy_merchant
--
-- The cap of a program on what a card may spend on one day of the merchant's zone. Private: called where
-- spending is judged, under the card's lock, and only for a program that has a cap.

-- Whether `amount` more would be beyond `most`: with what was taken today and not given back, and what is
-- held now. A hold counts while it is held, and on the day it is captured: a capture is never judged, so
-- that no live hold ever fails.
create or replace function redemption.exceeds_day(
  card uuid, account bigint, amount bigint, most bigint, merchant uuid, at timestamptz)
returns boolean
language plpgsql stable as $$
begin
  return amount
    + coalesce((select held_minor from ledger_account where id = account), 0)
    + coalesce((
        select sum(amount_minor - refunded_minor) from redemption_redemption
        where card_id = card and reversed_at is null and redeemed_at <= at and redeemed_at >= (
          select date_trunc('day', at, time_zone) from tenancy_merchant where id = merchant)), 0)
    > most;
end $$;
