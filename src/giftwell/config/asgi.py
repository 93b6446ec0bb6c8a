"""One address for everything, as `giftwell run` serves it: the till's lean route, and the pages behind it.

`/v1/pos/` is answered here, on this event loop; everything else is handed to the process that serves the
pages, so that no page ever holds up a till.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from giftwell.config import embedded
from giftwell.config.environment import environment
from giftwell.config.front import Front
from giftwell.config.pos import application as pos

Message = MutableMapping[str, Any]

_pages = Front(str(embedded.pages_socket(environment().data_dir)))


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Route by path; the life of the process (start, drain, stop) belongs to the lean application."""
    if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"].startswith("/v1/pos/")):
        await pos(scope, receive, send)
    else:
        await _pages(scope, receive, send)
