"""The pages behind the till's process: a request is handed over a socket to the process that serves them, and
its answer back, so that a page, however slow, takes nothing from the till but the copying of bytes.

HTTP/1.0, one connection a request: an answer ends where its connection does, and nothing has to be framed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from typing import Any

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type Headers = list[tuple[bytes, bytes]]

PEER = b"x-giftwell-peer"
"""The header that tells the process of the pages who is calling; what a caller puts there is dropped."""

_CHUNK = 65_536
_LONGEST_HEAD = 65_536
# What belongs to one connection, and not to the request; the date is told by whoever answers.
_OF_ONE_CONNECTION = frozenset(
    (b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"proxy-connection",
     b"expect", b"date", PEER)
)  # fmt: skip


class Front:
    """The ASGI application that hands over."""

    def __init__(self, socket_path: str) -> None:
        """The pages listen on this Unix socket."""
        self._path = socket_path

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request to the pages and its answer; 503 where nobody is there to take it."""
        if any(name == b"transfer-encoding" for name, _ in scope["headers"]):
            await _refuse(send, 411, b"Send the length of the body.")
            return
        try:
            reader, writer = await asyncio.open_unix_connection(self._path, limit=_LONGEST_HEAD)
        except OSError:
            await _refuse(send, 503, b"The pages are not there at the moment. Try again shortly.")
            return
        try:
            writer.write(_request_head(scope))
            asking = asyncio.create_task(_pass_body(receive, writer))
            try:
                await _pass_answer(reader, send)
            finally:
                asking.cancel()
                with suppress(asyncio.CancelledError, OSError):
                    await asking
        finally:
            writer.close()


def _kept(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    return [(name, value) for name, value in headers if name.lower() not in _OF_ONE_CONNECTION]


def _request_head(scope: Message) -> bytes:
    query = scope["query_string"]
    target = scope.get("raw_path") or scope["path"].encode()
    client = scope.get("client") or ("", 0)
    headers = [*_kept(scope["headers"]), (PEER, str(client[0]).encode())]
    lines = [b"%b %b HTTP/1.0" % (scope["method"].encode(), target + (b"?" + query if query else b""))]
    return b"\r\n".join([*lines, *(b"%b: %b" % header for header in headers), b"", b""])


async def _pass_body(receive: Receive, writer: asyncio.StreamWriter) -> None:
    """Hand the body over as it comes; who goes away in the middle takes his request along."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            writer.close()
            return
        if chunk := message.get("body", b""):
            writer.write(chunk)
            await writer.drain()
        if not message.get("more_body"):
            return


async def _pass_answer(reader: asyncio.StreamReader, send: Send) -> None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
        await _refuse(send, 502, b"The pages broke off. Try again shortly.")
        return
    first, *lines = head.split(b"\r\n")[:-2]
    split = [line.partition(b":") for line in lines]
    headers = _kept((name.lower(), value.strip()) for name, _, value in split)
    await send({"type": "http.response.start", "status": int(first.split(b" ", 2)[1]), "headers": headers})
    while chunk := await reader.read(_CHUNK):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"),
               (b"content-length", b"%d" % len(text)), (b"retry-after", b"5")]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
