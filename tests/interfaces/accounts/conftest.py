"""Sign-up and reset wait for an even pace; the tests of other rules need not."""

import pytest

from giftwell.interfaces.accounts import pace


@pytest.fixture(autouse=True)
def _no_waiting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "evenly" not in request.node.name:
        monkeypatch.setattr(pace, "FLOOR_SECONDS", 0.0)
