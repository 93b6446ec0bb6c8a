"""The REST API, `/v1`: keys with scopes, problems of RFC 9457, lists by cursor, idempotent POSTs.

Nouns: one module each (cards, products, orders, redemptions, refunds). `endpoints` is what stands before
every one of them; the point of sale has its own lean route, and both are told in one OpenAPI document.
"""
