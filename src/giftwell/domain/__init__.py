"""The business: ledger, catalog, cards, payments, redemption, delivery, orders and the reports on them."""
