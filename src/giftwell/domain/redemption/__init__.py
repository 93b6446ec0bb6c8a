"""Spending cards, and taking it back: what the till, the point of sale and the API do.

Nouns: redemption (value spent), authorization (value set aside for one), refund (part of a redemption given
back, or value given without one: unlinked). Verbs: redeem, authorize, reauthorize, capture, void, refund,
unlinked_refund, reverse, check_balance, outcome_of_key. Each is a set-based database function (`sql/`) that
the point of sale calls with many rows and the Python verb with one; redeem_with_tip is two of them, for a
counter. A row here has the id of its posting in the ledger, and is written by those functions in the same
call as the posting, the event and the audit row.
"""
