"""The keys of the till's pages: one a page, so that a page sent twice takes effect once.

The session remembers the last few: when an answer never came, what they did can be looked up and undone.
"""

import re

from giftwell.interfaces.till.place import CounterRequest
from giftwell.kit.crypto import new_token

KEY = re.compile(r"till-[A-Za-z0-9_-]{32}")
MOST_REMEMBERED = 6


def new_key(request: CounterRequest) -> str:
    """A fresh key for one page of this till."""
    key = f"till-{new_token()}"
    request.session[_slot(request)] = [*remembered(request), key][-MOST_REMEMBERED:]
    return key


def sent_key(request: CounterRequest, text: str) -> str:
    """The key that a page carried; one that is not ours counts as none, and gets a fresh one."""
    return text if KEY.fullmatch(text) else new_key(request)


def remembered(request: CounterRequest) -> list[str]:
    """The keys of this till's last pages, oldest first."""
    return [str(key) for key in request.session.get(_slot(request), [])]


def _slot(request: CounterRequest) -> str:
    return f"till_keys_{request.merchant.id.hex}"
