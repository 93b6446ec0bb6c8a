"""One address for everything, as `giftwell run` serves it: the till's lean route beside the pages.

`/v1/pos/` goes to the lean application on this event loop; everything else goes to Django in threads, so that
pages never hold up a till.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giftwell.config.settings")

from a2wsgi import WSGIMiddleware

from giftwell.config.pos import application as pos
from giftwell.config.wsgi import application as pages

Message = MutableMapping[str, Any]

_pages = WSGIMiddleware(pages, workers=16)  # type: ignore[arg-type] # Django answers with its own type


async def application(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Route by path; the life of the process (start, drain, stop) belongs to the lean application."""
    if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"].startswith("/v1/pos/")):
        await pos(scope, receive, send)
    else:
        # The adapter hands its answer to a loop from another thread, which takes coroutines only.
        async def received() -> Message:
            return await receive()

        await _pages(scope, received, send)  # type: ignore[arg-type]
