-- reads: nothing
--
-- What every writing function of redemption answers, a row for each row asked. A type is made once and
-- kept: a changed one takes a new name for one release.

do $$
begin
  if to_regtype('redemption.answer') is null then
    create type redemption.answer as (
      idx integer,
      outcome text,            -- done, replayed, conflict, or why it was refused
      id uuid,                 -- of the redemption, authorization or refund
      amount_minor bigint,
      balance_minor bigint,    -- after; the first time's when replayed
      available_minor bigint,
      currency text,
      card_id uuid,
      last4 text,
      of_id uuid,              -- of a refund its redemption, of a captured redemption its authorization
      expires_at timestamptz,  -- of an authorization
      at timestamptz,          -- when it took effect
      fingerprint bytea        -- in a conflict only: of what has the key
    );
  end if;
end $$;
