"""The program on somebody's phone: signs in by REST, and keeps its tokens."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from giftwell.foundation.identity.models import User
from tests.factories.identity import PASSWORD


@dataclass
class Phone:
    """Signs its person in when it is made; `at` names a merchant from then on."""

    person: User
    code: str | None = None
    at: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    access: str = ""
    refresh: str = ""

    def __post_init__(self) -> None:
        """Sign in."""
        body = {"email": self.person.email, "password": PASSWORD, "device": "Maja's phone"}
        answer = self.post("tokens", body | ({"code": self.code} if self.code else {}))
        assert answer.status_code == 201, answer.content
        self._keep(answer)

    def renewed(self) -> None:
        """Change the refresh token for a new pair."""
        answer = self.post("tokens/refresh", {"refresh_token": self.refresh})
        assert answer.status_code == 200, answer.content
        self._keep(answer)

    def get(self, path: str) -> HttpResponse:
        """GET /v1/…"""
        return self.client.get(f"/v1/{path}", headers=self._headers())

    def post(self, path: str, body: Any) -> HttpResponse:
        """POST /v1/…"""
        text = json.dumps(body)
        return self.client.post(f"/v1/{path}", text, "application/json", headers=self._headers())

    def delete(self, path: str) -> HttpResponse:
        """DELETE /v1/…"""
        return self.client.delete(f"/v1/{path}", headers=self._headers())

    def _keep(self, answer: HttpResponse) -> None:
        told = answer.json()
        self.access, self.refresh = told["access_token"], told["refresh_token"]

    def _headers(self) -> dict[str, str]:
        named = {"Giftwell-Merchant": self.at} if self.at else {}
        return named | ({"Authorization": f"Bearer {self.access}"} if self.access else {})
