"""kill -9 of everything there is, in mid-load: what was acknowledged is booked once, what was not can be
asked again, and the platform is well again by itself.

`make crash KILLS=500` runs it at length.
"""

import os

import pytest

from tests.laws.crash.siege import Siege

KILLS = int(os.environ.get("KILLS") or 20)
SEED = int(os.environ.get("SEED") or 1)


@pytest.mark.xdist_group("platform")
def test_kill_9_loses_and_doubles_nothing() -> None:
    siege = Siege(SEED)
    try:
        siege.begin()
        siege.kill(KILLS)
        siege.compare()
    finally:
        siege.end()
    assert siege.seconds
