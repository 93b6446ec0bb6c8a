"""How a card reaches its recipient: a **gift** is the wrapped card behind a link, with the giver's words.

Verbs: `make_gift` (when an order is fulfilled), `send_gift` (queues the mail, once), `open_gift`,
`reveal_gift`. The link's token is derived and found by its hash, and the code is shown only while the card is
active.
"""
