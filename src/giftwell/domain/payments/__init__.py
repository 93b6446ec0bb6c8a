"""Money from buyers: payments, what gateways tell us about them, and money that goes back.

A **payment** is one attempt to pay an order (an opaque id from a floor above) at a **gateway**. Nothing that
a browser says settles it: only a **notice**, an event whose signature was verified, does. A **gateway event**
remembers each notice once. A **payment refund** is money on its way back: it is claimed, asked of the
gateway, and settled, in three steps.

Verbs: `start_payment`, `hear_payment`, `expire_payments`, `claim_refund` (inside another verb's transaction),
`send_refund`. `gateway.py` is the port; `sandbox.py` the built-in adapter; `processor.py` and `tell.py` are
the sandbox processor itself, which stands for another company: it has tables of its own and knows us by a
shared secret and an address only.
"""
