"""Tills under load: they redeem, authorize, capture and refund one minor unit at a time, and remember what
they were told.
"""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

BACK_SECONDS = 60
_BUSY = (429, 503)
_ROUND = ("redemptions", "refund", "redemptions", "authorizations", "capture")


@dataclass(frozen=True, slots=True)
class Request:
    """One request, by the path it is posted to."""

    key: str
    path: str
    body: dict[str, Any]


@dataclass
class Load:
    """Tills at the doors of the platform (ports of one address), each at one of them.

    `acknowledged` is what a till was told: the id by key. `unknown` are the requests without a clear answer.
    """

    ports: list[int]
    secret: str
    codes: list[str]
    acknowledged: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, Request] = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)
    wrong: list[str] = field(default_factory=list)
    by_door: Counter[int] = field(default_factory=Counter)
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self, tills: int) -> None:
        """Open the tills."""
        self.threads = [threading.Thread(target=self._till, args=(number,)) for number in range(tills)]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Close them; whoever waits for an answer still gets it."""
        self.stopped.set()
        for thread in self.threads:
            thread.join(timeout=60)

    def wait_for_more(self, count: int) -> float:
        """Wait until so many more were acknowledged at every door; the seconds it took."""
        began, before = time.monotonic(), Counter(self.by_door)
        while any(self.by_door[port] < before[port] + count for port in self.ports):
            assert not self.wrong, self.wrong
            assert time.monotonic() - began < BACK_SECONDS, f"not back {BACK_SECONDS} s after a kill"
            time.sleep(0.02)
        return time.monotonic() - began

    def _till(self, number: int) -> None:
        port = self.ports[number % len(self.ports)]
        line = self._line(port)
        asking = self._requests(number)
        told: dict[str, str] = {}
        while not self.stopped.is_set():
            request = asking.send(told) if told else next(asking)
            answer = self._once(line, request)
            told = {"id": answer} if answer else {"id": ""}
            if answer:
                self.acknowledged[request.key] = answer
                self.by_door[port] += 1
            else:
                self.unknown[request.key] = request
                time.sleep(0.05)
        line.close()

    def _requests(self, number: int) -> Iterator[Request]:
        """What one till asks, one after the other; each answer is sent in."""
        dice, last = Random(number), {"redemptions": "", "authorizations": ""}
        for count in range(10_000_000):
            kind = _ROUND[count % len(_ROUND)]
            key, path, body = f"till-{number}-{count}", kind, {"code": dice.choice(self.codes)}
            body |= {"amount_minor": 1, "currency": "EUR"}
            if kind == "refund":
                if not last["redemptions"]:
                    continue
                path, body = "refunds", {"redemption": last["redemptions"], "amount_minor": 1}
            elif kind == "capture":
                if not last["authorizations"]:
                    continue
                path, body = f"authorizations/{last['authorizations']}/capture", {"amount_minor": 1}
            told = yield Request(key, path, body)
            if kind in last:
                last[kind] = told["id"]

    def _line(self, port: int) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def _once(self, line: http.client.HTTPConnection, request: Request) -> str:
        """The id that came of it, or nothing where that is not known."""
        try:
            status, body = self._post(line, request)
        except (OSError, http.client.HTTPException, ValueError):
            line.close()
            return ""
        if status in (200, 201):
            return str(body["id"])
        if status not in _BUSY:
            self.wrong.append(f"{request}: {status} {body}")
        return ""

    def _post(self, line: http.client.HTTPConnection, request: Request) -> tuple[int, dict[str, Any]]:
        head = {
            "Authorization": f"Bearer {self.secret}",
            "Content-Type": "application/json",
            "Idempotency-Key": request.key,
        }
        line.request("POST", f"/v1/pos/{request.path}", json.dumps(request.body), head)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())

    def ask_again(self) -> None:
        """Send what is unknown once more under its own key, until there is an answer to each."""
        line = self._line(self.ports[0])
        for key, request in self.unknown.items():
            deadline = time.monotonic() + BACK_SECONDS
            while not (answer := self._once(line, request)):
                assert not self.wrong, self.wrong
                assert time.monotonic() < deadline, f"{key}: no answer for {BACK_SECONDS} s"
                time.sleep(0.1)
            self.acknowledged[key] = answer
        line.close()
