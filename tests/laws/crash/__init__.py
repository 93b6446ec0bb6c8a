"""kill -9, again and again: the real platform under load, what kills it, and what must be true afterwards.

`make crash KILLS=500` runs it at length; `test_crash.py` a short one.
"""
