"""What buyers ask for: an **order** of one merchant in one currency, paid by one payment that succeeds.

Each **order line** sells one card (outside it is the order card), or loads one: a **top-up**. The order waits
until its payment settled, is then **fulfilled** exactly once (its cards get their value and their codes, its
gifts are made), or **expires** unpaid. A top-up whose card can take nothing any more is **returned**: the
money goes back. An **order refund** takes unspent value off a sold card and owes it to the payer.

Verbs: `place_order`, `place_top_up`, `pay_order`, `fulfil_order`, `expire_order`, `refund_order_card`,
`send_receipt`, `send_return_notice`. Prices are the server's; a buyer without an account reaches the order by
a link token.
"""
