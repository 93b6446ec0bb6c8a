"""The request as an endpoint sees it, once its key is known."""

from uuid import UUID

from django.http import HttpRequest

from giftwell.kit.actor import Actor


class ApiRequest(HttpRequest):
    """Only for annotations: the key of the request puts all of this there."""

    merchant_id: UUID
    actor: Actor
    scopes: frozenset[str]
    idempotency_key: str
