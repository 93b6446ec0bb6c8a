"""What stands before the pages hands every request over as it came, and every answer back."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from giftwell.config.behind import _PEER
from giftwell.config.front import Front

type Story = Callable[[Front], Awaitable[None]]


@pytest.fixture
def socket_path() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="gw-front-") as folder:
        yield str(Path(folder) / "s.sock")


class Asked:
    """One request to the front, and what it sent back."""

    def __init__(
        self, body: tuple[bytes, ...] = (), headers: tuple[tuple[bytes, bytes], ...] = (), **scope: Any
    ) -> None:
        self.scope = {
            "type": "http", "method": "GET", "path": "/a page", "raw_path": b"/a%20page",
            "query_string": b"x=1", "client": ("192.0.2.7", 5), **scope,
            "headers": [(b"host", b"gifts.example"), *headers],
        }  # fmt: skip
        self.incoming = [
            {"type": "http.request", "body": chunk, "more_body": place < len(body)}
            for place, chunk in enumerate(body or (b"",), start=1)
        ]
        self.sent: list[dict[str, Any]] = []

    async def by(self, front: Front) -> "Asked":
        """Send it."""

        async def receive() -> Any:
            return self.incoming.pop(0) if self.incoming else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            self.sent.append(message)

        await front(self.scope, receive, send)
        return self

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])


def at_the_front(socket_path: str, answer: bytes, story: Story) -> list[bytes]:
    """Run a story before pages that give this answer to everything; gives back what they were asked."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        heard.append(head + await reader.readexactly(length))
        writer.write(answer)
        writer.close()

    async def run() -> None:
        async with await asyncio.start_unix_server(serve, socket_path):
            await story(Front(socket_path))

    asyncio.run(run())
    return heard


def test_a_request_is_handed_over_and_its_answer_back(socket_path: str) -> None:
    page = b"x" * 200_000
    answer = (
        b"HTTP/1.0 201 Created\r\nContent-Type: text/html\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
        b"Connection: close\r\nDate: now\r\n\r\n" + page
    )

    async def story(front: Front) -> None:
        asked = Asked(
            (b"one", b"two"),
            ((b"content-length", b"6"), (b"connection", b"keep-alive"), (b"x-giftwell-peer", b"203.0.113.9"),
             (b"X-Giftwell-Peer", b"203.0.113.9"), (b"cookie", b"s=1")),
            method="POST",
        )  # fmt: skip
        await asked.by(front)
        assert (asked.status, asked.body) == (201, page)
        assert asked.sent[0]["headers"] == [
            (b"content-type", b"text/html"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"),
        ]  # fmt: skip
        assert asked.sent[-1] == {"type": "http.response.body", "body": b""}

    (heard,) = at_the_front(socket_path, answer, story)
    assert heard == (
        b"POST /a%20page?x=1 HTTP/1.0\r\nhost: gifts.example\r\ncontent-length: 6\r\ncookie: s=1\r\n"
        # Who is calling is the connection's word, whatever the caller said.
        b"x-giftwell-peer: 192.0.2.7\r\n\r\nonetwo"
    )


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.0 200", b"HTTP/1.0 200 OK\r\nX: " + b"y" * 200_000])
def test_pages_that_break_off_are_said_to(socket_path: str, answer: bytes) -> None:
    async def story(front: Front) -> None:
        asked = await Asked().by(front)
        assert (asked.status, asked.headers[b"retry-after"]) == (502, b"5")

    at_the_front(socket_path, answer, story)


def test_pages_that_are_away_are_said_to_be_away(socket_path: str) -> None:
    asked = asyncio.run(Asked().by(Front(socket_path)))
    assert (asked.status, asked.headers[b"retry-after"]) == (503, b"5")


def test_a_body_without_a_length_is_refused(socket_path: str) -> None:
    asked = asyncio.run(Asked(headers=((b"transfer-encoding", b"chunked"),)).by(Front(socket_path)))
    assert asked.status == 411


def test_the_pages_read_the_callers_address_where_the_front_puts_it() -> None:
    assert _PEER == "HTTP_X_GIFTWELL_PEER"
