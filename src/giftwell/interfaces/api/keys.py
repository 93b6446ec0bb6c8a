"""Who is calling: the bearer key, its scope, and the merchant whose rows the call may see."""

from typing import Any, ClassVar

from django.http import HttpRequest
from ninja.security import HttpBearer

from giftwell.foundation.identity.find_api_key import find_api_key
from giftwell.foundation.identity.note_key_use import note_key_use
from giftwell.foundation.tenancy import scope as tenancy_scope
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.entrance import MerchantSuspended, MissingScope, Unauthenticated
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now


class ApiKey(HttpBearer):
    """Bearer authentication that demands one scope, or leaves that to the endpoint (`needs` null)."""

    openapi_bearerFormat: ClassVar[str] = "gw_live_… or gw_test_…"  # noqa: N815 - ninja reads attributes by name

    def __init__(self, needs: ApiScope | None) -> None:
        super().__init__()
        self.needs = needs

    def __call__(self, request: HttpRequest) -> Any:
        """Refuse a request without a bearer token as one with a wrong one."""
        caller = super().__call__(request)
        if caller is None:
            raise Unauthenticated
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
        request.scopes = found.scopes  # type: ignore[attr-defined]
        if self.needs is not None:
            require(request, self.needs)
        note_key_use([found.key_id], now=at)
        request.merchant_id = found.merchant_id  # type: ignore[attr-defined]
        request.actor = Actor.api_key(found.key_id)  # type: ignore[attr-defined]
        return request.actor  # type: ignore[attr-defined,no-any-return]


def require(request: HttpRequest, needs: ApiScope) -> None:
    """Raise MissingScope unless the key of the request carries this scope too."""
    if needs not in request.scopes:  # type: ignore[attr-defined]
        raise MissingScope(f"This API key does not have the scope {needs}.")
