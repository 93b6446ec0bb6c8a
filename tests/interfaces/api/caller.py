"""A caller of the API with a key, as an integrator would write one."""

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.http import HttpResponse
from django.test import Client

from giftwell.foundation.tenancy.models import Merchant
from giftwell.interfaces.common.access import SCOPES
from tests.factories.identity import make_api_key

_keys = count(1)


def fresh_key() -> str:
    """An Idempotency-Key nobody has used."""
    return f"key-{next(_keys)}"


@dataclass
class Caller:
    """Sends JSON with a bearer key; a POST gets an Idempotency-Key unless `key=None`."""

    secret: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str) -> HttpResponse:
        """GET /v1/…"""
        return self.client.get(f"/v1/{path}", headers=self._headers(None))

    def post(self, path: str, body: Any, *, key: str | None = "") -> HttpResponse:
        """POST /v1/…"""
        headers = self._headers(fresh_key() if key == "" else key)
        return self.client.post(f"/v1/{path}", json.dumps(body), "application/json", headers=headers)

    def put(self, path: str, body: Any = None) -> HttpResponse:
        """PUT /v1/…"""
        text = "" if body is None else json.dumps(body)
        return self.client.put(f"/v1/{path}", text, "application/json", headers=self._headers(None))

    def delete(self, path: str) -> HttpResponse:
        """DELETE /v1/…"""
        return self.client.delete(f"/v1/{path}", headers=self._headers(None))

    def _headers(self, key: str | None) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.secret}"}
        return headers if key is None else {**headers, "Idempotency-Key": key}


def caller_for(merchant: Merchant, *scopes: str) -> Caller:
    """A caller with a key of this merchant; with every scope unless some are named."""
    _, secret = make_api_key(merchant, *(scopes or SCOPES))
    return Caller(secret)


def refused(answer: HttpResponse, status: int, code: str) -> dict[str, Any]:
    """The problem of an answer that must be this one."""
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem.get("code")) == (status, code), problem
    assert answer["Content-Type"] == "application/problem+json"
    assert problem["status"] == status
    assert problem["request_id"]
    return problem
