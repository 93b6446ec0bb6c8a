"""Pages and jobs run in other processes than the till's: while they stand still, tills are served."""

import http.client
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest

from tests.journeys.steps import verify_is_silent
from tests.journeys.test_rest_alone import Rest
from tests.running import Platform


@contextmanager
def standing_still(platform: Platform) -> Iterator[None]:
    """The processes of the pages and of the jobs, with all they have started, get no processor."""
    assert platform.process is not None
    found = [
        one
        for child in psutil.Process(platform.process.pid).children()
        if any(mark in " ".join(child.cmdline()) for mark in ("giftwell.config.behind", "cli worker"))
        for one in (child, *child.children(recursive=True))
    ]
    assert len(found) >= 3  # the pages' server, its worker, and the jobs
    for one in found:
        os.kill(one.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for one in found:
            os.kill(one.pid, signal.SIGCONT)


def test_while_pages_and_jobs_stand_still_a_till_is_served(platform: Platform) -> None:
    merchant = platform.demo["merchants"][0]
    till = Rest(platform, merchant["api_key"])
    page = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=1)
    with standing_still(platform):
        page.request("GET", "/accounts/login/")
        with pytest.raises(TimeoutError):
            page.getresponse()
        for _ in range(20):
            assert till("POST", "/v1/pos/balance", {"code": "A"})[0] == 404
        spent = {"code": "AAAA-AAAA", "amount_minor": 100, "currency": "EUR"}
        assert till("POST", "/v1/pos/redemptions", spent)[1]["code"] == "card_not_found"
    page = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=30)
    page.request("GET", "/accounts/login/")
    assert page.getresponse().status == 200
    verify_is_silent(platform)


def test_the_pages_come_back_when_their_process_is_killed(platform: Platform) -> None:
    assert platform.process is not None
    for child in psutil.Process(platform.process.pid).children():
        if "giftwell.config.behind" in " ".join(child.cmdline()):
            for one in (child, *child.children(recursive=True)):
                one.kill()
    till = Rest(platform, platform.demo["merchants"][0]["api_key"])
    assert till("POST", "/v1/pos/balance", {"code": "A"})[0] == 404
    platform.wait_until_ready()
