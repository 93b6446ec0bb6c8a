"""The ledger: every cent that a card, a merchant or the platform has is a sum of its rows.

Nouns: account, posting (one business fact), transfer (one amount from a debited to a credited account),
hold, and the rollup behind its horizon. Verbs: open_accounts, lock, post, hold, capture, void, lapse_holds,
reverse, roll, balance. They are database functions (`sql/`), because the runtime role may not write these
tables: the Python beside them only carries values in and answers out. `chart` says which accounts there
are and which legs each kind of posting has; `verify.py` proves the laws over the whole database.
"""
