"""What buyers ask for: an **order** of one merchant in one currency, paid by one payment that succeeds.

Each **order line** sells one card (outside it is the order card). The order waits until its payment settled,
is then **fulfilled** exactly once (its cards get their value and their codes, its gifts are made), or
**expires** unpaid. An **order refund** takes unspent value off a sold card and owes it to the payer.

Verbs: `place_order`, `pay_order`, `fulfil_order`, `expire_order`, `refund_order_card`, `send_receipt`. Prices
are the server's; a buyer without an account reaches the order by a link token.
"""
