"""Figures for people who run a shop: what is owed to holders, what was sold, what was redeemed.

No tables and no verbs: each query reads the other apps' tables when it is asked, in SQL, and answers with
frozen dataclasses. Days are the merchant's own.
"""
