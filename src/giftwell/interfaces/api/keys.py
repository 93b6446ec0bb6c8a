"""Who is calling: the bearer key, its scope, and the merchant whose rows the call may see."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpRequest
from ninja.security import HttpBearer

from giftwell.foundation.audit.attempts import note_refusal
from giftwell.foundation.identity.count_key_use import count_key_use
from giftwell.foundation.identity.find_api_key import FoundKey, find_api_key
from giftwell.foundation.identity.models import ApiKey as KeyRow
from giftwell.foundation.identity.note_key_use import note_key_use
from giftwell.foundation.tenancy import scope as tenancy_scope
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.entrance import (
    MerchantSuspended,
    MissingScope,
    NotFromHere,
    TooManyRequests,
    Unauthenticated,
)
from giftwell.interfaces.common.limiting import per_minute, within
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import public_id
from giftwell.kit.networks import is_within

_NOTED = per_minute(6)


class ApiKey(HttpBearer):
    """Bearer authentication that demands one scope, or leaves that to the endpoint (`needs` null).

    `then` looks at the request of a known caller before any value of it is read.
    """

    openapi_bearerFormat: ClassVar[str] = "gw_live_… or gw_test_…"  # noqa: N815 - ninja reads attributes by name

    def __init__(self, needs: ApiScope | None, *, then: Callable[[HttpRequest], None]) -> None:
        super().__init__()
        self.needs = needs
        self.then = then

    def __call__(self, request: HttpRequest) -> Any:
        """Refuse a request without a bearer token as one with a wrong one."""
        caller = super().__call__(request)
        if caller is None:
            raise Unauthenticated
        self.then(request)
        return caller

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """The key as the actor of the request; raises Unauthenticated, MerchantSuspended or MissingScope."""
        at = now()
        with tenancy_scope.public():
            found = find_api_key(token, now=at)
        if found is None:
            raise Unauthenticated
        if found.is_suspended:
            raise MerchantSuspended
        _within_bounds(request, found, at)
        request.scopes = found.scopes  # type: ignore[attr-defined]
        if self.needs is not None:
            require(request, self.needs)
        note_key_use([found.key_id], now=at)
        request.merchant_id = found.merchant_id  # type: ignore[attr-defined]
        request.actor = Actor.api_key(found.key_id)  # type: ignore[attr-defined]
        return request.actor  # type: ignore[attr-defined,no-any-return]


def _within_bounds(request: HttpRequest, found: FoundKey, at: datetime) -> None:
    """Raise NotFromHere or TooManyRequests where the key's own bounds say so."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if found.networks and not is_within(address, found.networks):
        # A stolen key in a loop must not fill the audit.
        if within(_NOTED, "key-elsewhere", str(found.key_id)):
            note_refusal(
                "api_key.used",
                actor=Actor.api_key(found.key_id),
                subject=public_id(KeyRow.PREFIX, found.key_id),
                reason=NotFromHere.code,
                merchant_id=found.merchant_id,
                at=at,
            )
        raise NotFromHere
    limit = found.requests_a_minute
    if limit is not None:
        left = count_key_use(found.key_id, limit=limit, now=at)
        request.key_limit = (limit, max(0, left), 60 - at.second)  # type: ignore[attr-defined]
        if left < 0:
            raise TooManyRequests


def require(request: HttpRequest, needs: ApiScope) -> None:
    """Raise MissingScope unless the key of the request carries this scope too."""
    if needs not in request.scopes:  # type: ignore[attr-defined]
        raise MissingScope(f"This API key does not have the scope {needs}.")
