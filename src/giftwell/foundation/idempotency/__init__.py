"""Idempotency: one key, one effect. Noun: IdempotencyKey. Verb: once. For requests that move no money.

Money has its own: the ledger's causes. Here a key remembers which resource its first request made, never
a body.
"""
