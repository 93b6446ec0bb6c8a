"""What a merchant sells, and how it looks.

A **brand** is the merchant's four colours and logo; a **design** is one face a card can wear: a pattern and
four colours of its own. A **program** holds the rules of a family of cards (currency, funding, commission,
validity, bounds of value) and the numbers of the ledger accounts its postings use. A **product** is what a
shop offers out of a program: either a few fixed **values** with a price each, or any value of a range with
some of them suggested.

Verbs: `create_program`, `edit_program`, `set_up_shop`, `set_brand`, `set_logo`, `create_product`,
`edit_product`, `publish_product`, `unpublish_product`. Prices are computed in `pricing.py` and
never come from a client.
"""
