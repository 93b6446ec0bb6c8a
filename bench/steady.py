"""What is no comparison: how long a redemption takes at a stated load, what happens beyond the peak, and what
a worker holds in memory after it.
"""

import http.client
import resource
from typing import Any

from bench import server
from bench.ground import Ground
from bench.rounds import CONNECTIONS, Say

_CROWD = 2_000
_PAGES = ("/accounts/login/", "/livez", "/docs/api", "/v1/openapi.json")
_PAGE_ROUNDS = 50


def allow_a_crowd() -> None:
    """Let this process and those it starts have as many connections as the machine allows."""
    room = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(room, 65_536), room))


def latency(ground: Ground, port: int, *, peak: float, seconds: int, say: Say) -> dict[str, Any]:
    """Redemptions at half the peak, timed from when they were due; the pages have a server of their own."""
    found = server.load(
        ground, port, "redeem", connections=CONNECTIONS, seconds=seconds, rate=peak / 2
    )  # fmt: skip
    say(f"at half the peak ({peak / 2:,.0f}/s): p50 {found['p50_ms']:.1f} ms, p99 {found['p99_ms']:.1f} ms")
    return {
        "value": round(found["p99_ms"], 1), "p50_ms": round(found["p50_ms"], 1),
        "per_second": round(found["per_second"]), "unit": "p99 in ms of a redemption at half the peak",
    }  # fmt: skip


def overload(ground: Ground, port: int, *, peak: float, seconds: int, say: Say) -> dict[str, Any]:
    """Three times what can be done, from a crowd; then half of it again, to see that it is well."""
    found = server.load(
        ground, port, "redeem", connections=_CROWD, seconds=seconds, rate=3 * peak, may_refuse=True
    )
    after = server.load(ground, port, "redeem", connections=CONNECTIONS, seconds=2, rate=peak / 2)
    if found["unnamed"]:
        raise SystemExit(f"bench: {found['unnamed']} refusals name no time to come again")
    say(
        f"at three times the peak: {found['asked_per_second']:,.0f}/s asked, {found['per_second']:,.0f} done,"
        f" a p99 of {found['p99_ms']:.0f} ms, answers {found['statuses']};"
        f" then a p99 of {after['p99_ms']:.1f} ms"
    )
    return {
        "value": round(found["p99_ms"], 1), "asked_per_second": round(found["asked_per_second"]),
        "per_second": round(found["per_second"]), "statuses": found["statuses"],
        "after_p99_ms": round(after["p99_ms"], 1),
        "unit": "p99 in ms of what was accepted at three times the peak; all else was 429 with Retry-After",
    }  # fmt: skip


def memory(ground: Ground, till: server.Served, say: Say) -> dict[str, Any]:
    """What the point-of-sale worker holds after the load above, and a web worker after some of its own."""
    with server.pages(ground) as web:
        _browse(web.port)
        found = {"pos_mb": round(till.memory_mb(), 1), "web_mb": round(web.memory_mb(), 1)}
    say(f"memory after load: point of sale {found['pos_mb']} MB, web {found['web_mb']} MB")
    return {"value": found["pos_mb"], **found, "unit": "resident MB of one point-of-sale worker after load"}


def _browse(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(_PAGE_ROUNDS * len(_PAGES)):
        path = _PAGES[number % len(_PAGES)]
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"bench: {path} answered {answer.status}")
    connection.close()
