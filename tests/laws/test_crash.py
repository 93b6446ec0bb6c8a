"""kill -9 of web and worker in mid-load.

What was acknowledged is booked once, what was not can be asked again.

The real `giftwell run`, in a folder and on a port of its own. Every answer that a till saw is compared
with the database afterwards, read by a connection of the test's own and by none of our functions.
"""

import http.client
import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from giftwell.config import embedded
from giftwell.kit.ids import parse_id
from tests.running import Platform

_TILLS = 8
_CARDS = 12
_KILLS = ("web", "worker", "what serves", "what watches over it", "worker", "web")
_BACK_SECONDS = 30


@pytest.fixture
def platform() -> Iterator[Platform]:
    """A platform that this test may hurt."""
    running = Platform()
    try:
        running.start()
        yield running
    finally:
        running.stop()
        running.remove()


@dataclass
class Load:
    """Tills that spend one minor unit after the other, and remember what they were told."""

    port: int
    secret: str
    codes: list[str]
    acknowledged: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)

    def till(self, number: int) -> None:
        """Spend until stopped; whatever is not a clear answer is unknown."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        for count in range(1_000_000):
            if self.stopped.is_set():
                break
            key, code = f"till-{number}-{count}", random.choice(self.codes)
            try:
                status, body = self.spend(line, key, code)
            except (OSError, http.client.HTTPException):
                self.unknown[key] = code
                line.close()
                time.sleep(0.05)
                continue
            if status == 201:
                self.acknowledged[key] = body["id"]
            else:
                assert status in (429, 503), (status, body)
                self.unknown[key] = code
                time.sleep(0.05)
        line.close()

    def spend(self, line: http.client.HTTPConnection, key: str, code: str) -> tuple[int, dict[str, Any]]:
        """One redemption."""
        head = {
            "Authorization": f"Bearer {self.secret}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        body = json.dumps({"code": code, "amount_minor": 1, "currency": "EUR"})
        line.request("POST", "/v1/pos/redemptions", body, head)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())

    def ask_again(self) -> dict[str, str]:
        """Send what is unknown once more, under its own key; the ids by key."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        found = {}
        for key, code in self.unknown.items():
            found[key] = self.ask_until_answered(line, key, code)
        line.close()
        return found

    def ask_until_answered(self, line: http.client.HTTPConnection, key: str, code: str) -> str:
        """The id under this key, asked for as a till does: again, while nobody serves or all are busy."""
        deadline = time.monotonic() + _BACK_SECONDS
        while time.monotonic() < deadline:
            try:
                status, body = self.spend(line, key, code)
            except (OSError, http.client.HTTPException):
                line.close()
            else:
                if status == 201:
                    return str(body["id"])
                assert status in (429, 503), (key, status, body)
            time.sleep(0.1)
        raise AssertionError(f"{key}: no answer for {_BACK_SECONDS} s")


def children_of(pid: int) -> dict[str, list[int]]:
    """The processes of `giftwell run` and what they started, by what they are."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                commands[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    web = [
        one for one, parent in parents.items() if parent == pid and "giftwell.config.asgi" in commands[one]
    ]
    inner = [one for one, parent in parents.items() if parent in web]
    worker = [one for one, parent in parents.items() if parent == pid and "cli worker" in commands[one]]
    return {"web": [*web, *inner], "what serves": inner, "what watches over it": web, "worker": worker}


def left_over(port: int) -> list[str]:
    """The processes that still serve at this port."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if f"--port {port} " in command:
                    found.append(command)
    return found


def kill(platform: Platform, what: str) -> None:
    """kill -9, without a word before."""
    assert platform.process is not None
    found = children_of(platform.process.pid)[what]
    assert found, what
    for pid in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_for_more(load: Load, than: int) -> None:
    """Wait until tills are being answered again."""
    deadline = time.monotonic() + _BACK_SECONDS
    while len(load.acknowledged) <= than:
        assert time.monotonic() < deadline, f"not back {_BACK_SECONDS} s after a kill"
        time.sleep(0.05)


def cards_of(platform: Platform, merchant: str) -> list[str]:
    """The codes of fresh cards."""
    words = ["--merchant", merchant, "--value", "500", "--count", str(_CARDS), "--json"]
    issued = json.loads(platform.command("issue", *words).stdout)
    return [card["code"] for card in issued["cards"]]


def booked(admin: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    """The redemptions that exist, by the key of their posting; each key's rows."""
    rows = admin.execute(
        "select substr(posting.cause, 5), redeemed.id, redeemed.amount_minor from ledger_posting posting"
        " join redemption_redemption redeemed on redeemed.id = posting.id"
        " where posting.cause like 'key:till-%%'"
    )
    found: dict[str, list[Any]] = {}
    for key, identity, amount in rows:
        found.setdefault(key, []).append((identity, amount))
    return found


def test_kill_9_of_web_and_worker_loses_and_doubles_nothing(platform: Platform) -> None:
    merchant = platform.demo["merchants"][0]
    codes = cards_of(platform, merchant["id"])
    load = Load(platform.port, merchant["api_key"], codes)
    tills = [threading.Thread(target=load.till, args=(number,)) for number in range(_TILLS)]
    for till in tills:
        till.start()
    try:
        for what in _KILLS:
            wait_for_more(load, len(load.acknowledged) + 40)
            kill(platform, what)
            # An answer that was on its way when its server died is no sign of a new one: one a till at most.
            wait_for_more(load, len(load.acknowledged) + _TILLS)
    finally:
        load.stopped.set()
        for till in tills:
            till.join(timeout=60)
    assert load.unknown, "no kill met a request on its way"
    answered_late = load.ask_again()
    told = {**load.acknowledged, **answered_late}
    url = embedded.Servers(embedded.socket_dir_of(platform.data_dir), has_cache=True).database_url(
        user="postgres"
    )
    with psycopg.connect(url, autocommit=True) as admin:
        found = booked(admin)
        assert {key: [(parse_id("red", identity), 1)] for key, identity in told.items()} == found
        (left,) = admin.execute(
            "select sum(account.balance_minor) from cards_card card"
            " join ledger_account account on account.id = card.account_id where card.last4 = any(%s)"
            " and card.face_value_minor = 50000 and card.batch_id is not null",
            [[code.replace("-", "")[-4:] for code in codes]],
        ).fetchone() or (0,)
        assert left == _CARDS * 50_000 - len(told)
        wait_until_all_is_handed_on(admin)
    assert json.loads(platform.command("verify", "--json").stdout) == {"sound": True, "breaches": []}
    platform.stop()
    assert left_over(platform.port) == []


def wait_until_all_is_handed_on(admin: psycopg.Connection[Any]) -> None:
    """The worker that came back goes on where the killed one stopped, and leaves no event behind."""
    deadline = time.monotonic() + 60
    behind = (
        "select count(*) from events_event event where exists (select from events_cursor follower"
        " where (event.xid, event.id) > (follower.xid, follower.event_id))"
    )
    while (admin.execute(behind).fetchone() or (0,))[0]:
        assert time.monotonic() < deadline, "events were left behind"
        time.sleep(0.2)
