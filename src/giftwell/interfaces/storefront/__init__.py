"""The public face: marketplace, shops, products, orders, the gift page, balance, and the small print.

Whoever comes here is nobody in particular: an order and a gift are opened by the secret in their address, and
nothing on these pages needs an account.
"""
