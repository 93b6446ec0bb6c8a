"""Gift cards: their life from pending to closed, and their codes.

A **card** belongs to a program and to one guarded ledger account, which alone knows its balance. It is
pending until it is loaded; only then has it a **code** (kept as a keyed hash for look-up and encrypted for
its holder). A **freeze** is a row with a reason; a card is frozen while any freeze is not cleared. Closed
is the end.

Verbs: `issue_cards`, `prepare_card`, `activate_card`, `cancel_card`, `freeze_card`, `unfreeze_card`,
`close_card`, `reveal_code`, `keep_card`; and of value that moves: `transfer_value`, `merge_cards`,
`split_card`, `replace_card`. Each takes the card's ledger account lock first, then the card row, and judges
what it reads after that.
"""
