"""The till: the page a cashier works at.

One screen after another: choose the place once, scan or type a card, enter the amount (and a tip), see the
outcome, give back. What a card does not cover is carried to the next (`bills`); what has no bill yet is set
aside (`holds`). A code is sent once, in a form; from then on it lies in the session, encrypted, for ten
minutes (`held`). Every page that moves money carries an idempotency key of its own, so a second press or the
back button never takes twice, and an answer that never came can be looked up and undone (`unsure`).
"""
