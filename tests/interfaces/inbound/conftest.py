"""A network on which the sandbox processor reaches our entrance without a socket."""

from collections.abc import Mapping

import pytest
from django.conf import settings
from django.test import Client

from giftwell.domain.payments import deliver_notices as module


class ToOurselves:
    """A network on which we answer ourselves, or nobody does."""

    def __init__(self) -> None:
        self.is_up = True
        self.answers: list[str] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> str:
        if not self.is_up:
            return "ConnectionRefusedError"
        path = url.removeprefix(settings.BASE_URL)
        sent = {name: value for name, value in headers.items() if name != "Content-Type"}
        answer = Client().post(path, data=body, content_type="application/json", headers=sent)
        self.answers.append(str(answer.status_code))
        return self.answers[-1]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> ToOurselves:
    fake = ToOurselves()
    monkeypatch.setattr(module, "post", fake)
    return fake
