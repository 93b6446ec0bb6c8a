"""The few things of HTTP that the lean route needs.

Read a bounded body, send one answer, write one log line.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any

import msgspec

from giftwell.interfaces.common.entrance import TooLarge, UnsupportedMediaType
from giftwell.interfaces.common.problems import Malformed, headers_of, problem_of, status_of
from giftwell.kit.errors import DomainError, Invalid

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]

MOST_BYTES = 1_048_576
_BODY_SECONDS = 10.0
_encode = msgspec.json.Encoder().encode
_encode_lines = msgspec.json.Encoder().encode_lines
_WANTED = (
    b"authorization", b"content-type", b"content-length", b"idempotency-key", b"x-request-id",
    b"x-forwarded-for",
)  # fmt: skip


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What goes back: a status, a body, and what the headers say of it."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    code: str = ""


_JSON = ((b"content-type", b"application/json"), (b"cache-control", b"no-store"))
_REPLAYED = (*_JSON, (b"idempotent-replayed", b"true"))


def json_answer(status: int, body: Any, *, is_replay: bool = False) -> Answer:
    """An answer in JSON, never to be stored by anyone on the way."""
    return Answer(status, _encode(body), _REPLAYED if is_replay else _JSON)


def problem_answer(error: DomainError, request_id: str) -> Answer:
    """A refusal as RFC 9457 has it."""
    status = status_of(error)
    headers = tuple((name.lower().encode(), value.encode()) for name, value in headers_of(status).items())
    if status == 405:
        headers += ((b"allow", b"POST"),)
    return Answer(status, _encode(problem_of(error, request_id=request_id)), headers, error.code)


def headers_in(scope: Message) -> dict[bytes, str]:
    """The headers that matter here.

    A header sent twice is refused, since nobody could say which one counts.
    """
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        if name in _WANTED:
            if name in found:
                found[name] = "\0"  # a value no reader accepts
            else:
                found[name] = value.decode("latin-1")
    return found


async def read_body(headers: dict[bytes, str], receive: Receive) -> bytes:
    """The whole body; raises TooLarge, Malformed when it does not come in time, UnsupportedMediaType."""
    declared = headers.get(b"content-length", "0")
    if not declared.isdecimal() or len(declared) > 18:
        raise Malformed
    if int(declared) > MOST_BYTES:
        raise TooLarge
    body = await _in_time(receive)
    if body and headers.get(b"content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType
    return body


async def _in_time(receive: Receive) -> bytes:
    # A bare timer: asyncio.timeout costs more than reading a small body does.
    task = asyncio.current_task()
    assert task is not None
    timer = asyncio.get_running_loop().call_later(_BODY_SECONDS, task.cancel)
    try:
        return await _gather(receive)
    except asyncio.CancelledError:
        if asyncio.get_running_loop().time() < timer.when():
            raise  # somebody else's wish: the server is going down
        task.uncancel()
        raise Malformed("The body did not arrive in time.") from None
    finally:
        timer.cancel()


async def _gather(receive: Receive) -> bytes:
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed("The connection ended before the body did.")
        chunk: bytes = message.get("body", b"")
        body = body + chunk if body else chunk
        if len(body) > MOST_BYTES:
            raise TooLarge
        if not message.get("more_body"):
            return body


def decode(decoder: msgspec.json.Decoder[Any], body: bytes, faults: Callable[[Any], dict[str, str]]) -> Any:
    """The body as its kind; raises Malformed for what is no JSON, Invalid for what is not that kind."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Invalid(errors=faults(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("The body is not JSON in UTF-8.") from None


async def send_answer(send: Send, answer: Answer, request_id: str) -> None:
    """Send it whole."""
    headers = [
        *answer.headers,
        (b"content-length", b"%d" % len(answer.body)),
        (b"x-request-id", request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


class AccessLine(msgspec.Struct, gc=False):
    """One request in the log: what it was and how it ended, and nothing a caller could have put there."""

    operation: str
    status: int
    code: str
    ms: float
    request_id: str
    actor: str
    timestamp: datetime
    event: str = "request"
    level: str = "info"
    logger: str = "giftwell.pos"


class AccessLog:
    """Lines gathered while the loop is busy, and written in one go when it comes round.

    Hand-made: a logger's processors cost as much as reading the request does.
    """

    def __init__(self, stream: Any) -> None:
        """Write to this binary stream."""
        self._stream = stream
        self._lines: list[AccessLine] = []

    def note(self, line: AccessLine) -> None:
        """Write it soon."""
        if not self._lines:
            asyncio.get_running_loop().call_soon(self._write)
        self._lines.append(line)

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        self._stream.write(_encode_lines(lines))
        self._stream.flush()
