"""The till: the page a cashier works at.

One screen after another: choose the place once, scan or type a card, enter the amount, see the outcome,
give back. A code is sent once, in a form; from then on it lies in the session, encrypted, for ten minutes
(`held`). Every keypad page carries an idempotency key of its own, so a second press or the back button
never takes money twice.
"""
