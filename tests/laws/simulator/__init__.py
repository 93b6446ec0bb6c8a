"""A whole platform of money, played at random and compared with a model after every step.

`oracle/` says what should happen and knows nothing of the code under test; `calls/` makes it happen. A verb
is a `Verb` in a file of `oracle/` (how a client would ask for it, what should come of it) and a function of
the same name in a file of `calls/`. Nothing else has to know it: faults, retries, duplicates, reordering and
the clock are the client's (`client.py`), the laws are asked by `checks.py` of whatever is in the books.
"""
