-- reads: bulk_batch, cards_card, cards_sealedbatch, ledger_posting, ledger_transfer
--
-- The laws of cards in bulk. Each statement answers the rows that break one law; see the ledger's verify.sql.

-- law 5: a batch made exactly the cards that it counts, and never more than were wanted
select b.id as batch, b.stage, b.cards_wanted, b.cards_done, b.done_minor, coalesce(m.cards, 0) as cards, m.amount_minor
from bulk_batch b
left join (select batch_id, count(*) as cards, sum(face_value_minor) as amount_minor from cards_card
           where batch_id is not null group by batch_id) m on m.batch_id = b.id
where b.cards_done <> coalesce(m.cards, 0) or b.done_minor <> coalesce(m.amount_minor, 0)
  or b.cards_done > b.cards_wanted;

-- law 7: the codes of a batch that is not whole are shown to nobody
select b.id as batch, b.stage, s.opened_at
from bulk_batch b left join cards_sealedbatch s on s.id = b.id and s.merchant_id = b.merchant_id
where b.cards_done > 0 and (s.id is null
  or s.opened_at is not null and b.stage not in ('complete', 'undoing', 'reversed')
  or s.opened_at is null and b.stage = 'complete');

-- law 5: each card of a batch was loaded by one leg of its batch, and taken back by one at most
with made as (
  select b.id as batch, count(*) as cards, count(*) filter (where c.close_reason = 'taken_back') as taken
  from bulk_batch b join cards_card c on c.batch_id = b.id group by b.id
),
posted as (
  select split_part(p.cause, ':', 2)::uuid as batch,
         coalesce(sum(t.legs) filter (where p.kind = 'issue'), 0) as loaded,
         coalesce(sum(t.legs) filter (where p.kind = 'issue_reversal'), 0) as reversed
  from ledger_posting p
  join (select posting_id, count(*) filter (where leg > 0) as legs from ledger_transfer group by posting_id) t
    on t.posting_id = p.id
  where p.cause like 'issue-load:%' or p.cause like 'take-back:%' group by 1
)
select batch, cards, loaded, taken, reversed
from made full join posted using (batch)
where (cards = loaded and taken = reversed) is not true;
