"""Reports of the content policy: kept without addresses, once a day, and harmless whatever they say."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from giftwell.foundation.audit.policy_reports import newest_policy_reports
from giftwell.foundation.tenancy import scope
from giftwell.interfaces.ops import policy_reports

pytestmark = pytest.mark.django_db

OLD = {
    "csp-report": {
        "document-uri": "http://testserver/gifts/a-secret-of-a-gift/",
        "effective-directive": "script-src-elem",
        "blocked-uri": "https://evil.example/steal.js?of=secret",
    }
}
NEW = [
    {
        "type": "csp-violation",
        "body": {
            "documentURL": "http://testserver/accounts/login/",
            "effectiveDirective": "style-src",
            "blockedURL": "inline",
        },
    }
]


def _send(body: Any, kind: str = "application/csp-report", **more: Any) -> int:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return Client().post("/policy-reports/", text, content_type=kind, **more).status_code


def _kept() -> list[tuple[str, str, str]]:
    with scope.platform():
        return [(one.page, one.directive, one.blocked) for one in newest_policy_reports(limit=50)]


@pytest.fixture(autouse=True)
def _fresh_counters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_reports, "within", lambda *_: True)
    cache.clear()


def test_both_forms_are_kept_once_and_without_an_address() -> None:
    assert _send(OLD) == _send(OLD) == 204
    assert _send(NEW, "application/reports+json") == 204
    kept = _kept()
    assert len(kept) == 2
    assert ("account_login", "style-src", "inline") in kept
    assert all("secret" not in word for row in kept for word in row)
    assert any(row[1:] == ("script-src-elem", "https://evil.example") for row in kept)


@pytest.mark.parametrize(
    "body",
    [
        " ", "null", "[]", "{}", "[[]]", "{", '{"csp-report": 3}', "[" * 9000, b"\xff\xfe",
        {"csp-report": {"effective-directive": "made-up", "document-uri": "/"}},
        {"csp-report": {"effective-directive": ["img-src"], "document-uri": {}}},
    ],
)  # fmt: skip
def test_nonsense_is_taken_and_forgotten(body: Any) -> None:
    assert _send(body) == 204
    assert _kept() == []


@pytest.mark.parametrize("blocked", ["http://[::1", "\x00", "data:text/html,<b>", "é" * 300, "x" * 3000])
def test_an_odd_address_is_no_trouble(blocked: str) -> None:
    body = {"csp-report": {"effective-directive": "img-src", "document-uri": blocked, "blocked-uri": blocked}}
    assert _send(body) == 204
    ((_, directive, told),) = _kept()
    assert directive == "img-src"
    assert len(told) <= 100
    assert told.isprintable()


def test_another_type_and_a_large_body_are_refused() -> None:
    assert _send(OLD, "text/plain") == 415
    assert _send("x" * (policy_reports.MOST_BYTES + 1)) == 413


def test_a_flood_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_reports, "within", lambda *_: False)
    assert _send(OLD) == 429
    assert _kept() == []


def test_nobody_but_the_platform_reads_them() -> None:
    _send(OLD)
    with scope.public():
        assert newest_policy_reports(limit=5) == []
