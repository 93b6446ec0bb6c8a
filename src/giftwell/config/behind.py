"""The pages as `giftwell run` serves them, in a process of their own behind the till's (`front.py`).

They listen on a socket that nobody but this user can open, so what is said there of who is calling is true.
"""

from collections.abc import Callable, Iterable
from typing import Any

from giftwell.config.front import PEER
from giftwell.config.wsgi import application as pages

_PEER = "HTTP_" + PEER.decode().upper().replace("-", "_")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one request, of the caller that the process in front has named."""
    environ["REMOTE_ADDR"] = environ.pop(_PEER, "")
    return pages(environ, start_response)
