"""Plain Python that another program could use: money, ids, clock, codes, crypto, errors, actor.

Never imports Django.
"""
