"""The point of sale over HTTP: `/v1/pos/…`, the hot path of the platform.

A small ASGI application without Django: msgspec reads the body, an API key names the merchant, and the
database functions that `redemption` publishes do the work. Its one idea is in `lanes.py`: while one call
is at the database the next gathers, so the busier it gets the more rows travel together, and nothing
ever waits for a timer.
"""
