"""Keys of machines: listed, made, rotated and revoked by a key that may do at least as much itself."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field, StrictInt

from giftwell.foundation.identity.change_api_key import ApiKeyIsUnknown, change_api_key
from giftwell.foundation.identity.create_api_key import MOST_A_MINUTE, create_api_key
from giftwell.foundation.identity.models import ApiKey
from giftwell.foundation.identity.revoke_api_key import revoke_api_key
from giftwell.foundation.identity.rotate_api_key import rotate_api_key
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.products import PageQuery
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.api.shapes import Body, ListOut, Text
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.key_bounds import refuse_stronger
from giftwell.interfaces.common.paging import page_of
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id, public_id

router = Router()
_NETWORKS = "Addresses or ranges that the key works from; empty means from everywhere."
_LIMIT = "At most so many requests in a minute; null means no limit of its own."


class KeyOut(Schema):
    """A key, without its secret."""

    id: str = Field(examples=["key_06f3v9q1d8h2k7m4n5p6r8s9t0"])
    name: str
    last4: str = Field(description="The end of the secret; the rest is known to nobody here.")
    scopes: list[str]
    networks: list[str] = Field(description=_NETWORKS)
    requests_a_minute: int | None = Field(description=_LIMIT)
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    replaces: str | None = Field(description="The key that this one is the successor of.")


class MadeKeyOut(KeyOut):
    """A key with its secret, which is told this once."""

    secret: str = Field(examples=["gw_test_…"])


class BoundsIn(Body):
    """A name, and the bounds of a key."""

    name: Text = Field(max_length=80, examples=["Web shop"])
    networks: list[Text] = Field(default_factory=list, max_length=50, description=_NETWORKS)
    requests_a_minute: StrictInt | None = Field(None, ge=1, le=MOST_A_MINUTE, description=_LIMIT)


class KeyIn(BoundsIn):
    """A new key."""

    scopes: list[ApiScope] = Field(min_length=1, max_length=40)
    expires_in_days: StrictInt | None = Field(None, ge=1, le=3650, description="Null is never.")


class RotationIn(Body):
    """How long the old key works beside its successor."""

    overlap_hours: StrictInt = Field(24, ge=0, le=720)
    expires_in_days: StrictInt | None = Field(
        None, ge=1, le=3650, description="When the successor ends; null is never."
    )


def _out(key: ApiKey) -> dict[str, Any]:
    told = {name: getattr(key, name) for name in KeyOut.model_fields if name not in {"id", "replaces"}}
    replaces = public_id(ApiKey.PREFIX, key.replaces_id) if key.replaces_id else None
    return {**told, "id": key.public_id, "replaces": replaces}


@endpoint(router, "GET", "/keys", needs=ApiScope.KEYS_READ, answers=ListOut[KeyOut])
def list_keys(request: ApiRequest, query: Query[PageQuery]) -> Any:
    """The merchant's keys, newest first, revoked ones too."""
    with reading():
        own = ApiKey.objects.filter(merchant_id=request.merchant_id)
        page = page_of(own, cursor=query.cursor, limit=query.limit)
    return {"data": [_out(one) for one in page.rows], "next_cursor": page.next_cursor or None}


@endpoint(router, "POST", "/keys", needs=ApiScope.KEYS_WRITE, answers=MadeKeyOut, status=201)
def make_key(request: ApiRequest, body: KeyIn, response: HttpResponse) -> Status:
    """Make a key. Its scopes must be among those of the key that asks; its secret is told this once."""
    refuse_stronger(body.scopes, request.scopes)
    at = now()
    made, secret = create_api_key(
        merchant=_merchant(request),
        name=body.name,
        scopes=body.scopes,
        expires_at=_end(at, body.expires_in_days),
        networks=body.networks,
        requests_a_minute=body.requests_a_minute,
        actor=request.actor,
        now=at,
    )
    response["Cache-Control"] = "no-store"
    return Status(201, {**_out(made), "secret": secret})


@endpoint(
    router, "PUT", "/keys/{key_id}/bounds", needs=ApiScope.KEYS_WRITE, answers=KeyOut, problems=(404, 409)
)
def change_bounds(request: ApiRequest, key_id: str, body: BoundsIn) -> Any:
    """Set name, networks and limit of a key that may do no more than the one that asks."""
    found = _found(request, key_id)
    refuse_stronger(found.scopes, request.scopes)
    changed = change_api_key(
        merchant=_merchant(request),
        key_id=found.id,
        name=body.name,
        networks=body.networks,
        requests_a_minute=body.requests_a_minute,
        actor=request.actor,
        now=now(),
    )
    return _out(changed)


@endpoint(
    router, "POST", "/keys/{key_id}/rotation", needs=ApiScope.KEYS_WRITE, answers=MadeKeyOut, status=201,
    problems=(404, 409),
)  # fmt: skip
def rotate(request: ApiRequest, key_id: str, body: RotationIn, response: HttpResponse) -> Status:
    """Make a key's successor; both work for the overlap. Its secret is told this once."""
    found = _found(request, key_id)
    refuse_stronger(found.scopes, request.scopes)
    at = now()
    made, secret = rotate_api_key(
        merchant=_merchant(request),
        key_id=found.id,
        overlap=timedelta(hours=body.overlap_hours),
        expires_at=_end(at, body.expires_in_days),
        actor=request.actor,
        now=at,
    )
    response["Cache-Control"] = "no-store"
    return Status(201, {**_out(made), "secret": secret})


@endpoint(
    router, "DELETE", "/keys/{key_id}", needs=ApiScope.KEYS_WRITE, answers=None, status=204, problems=(404,)
)
def revoke(request: ApiRequest, key_id: str) -> Status:
    """Make a key worthless, at once and for good; safe to repeat."""
    revoke_api_key(key=_found(request, key_id), actor=request.actor, now=now())
    return Status(204, None)


def _found(request: ApiRequest, key_id: str) -> ApiKey:
    identity = parse_id(ApiKey.PREFIX, key_id)
    with reading():
        found = ApiKey.objects.filter(merchant_id=request.merchant_id, id=identity).first()
    if found is None:
        raise ApiKeyIsUnknown
    return found


def _merchant(request: ApiRequest) -> Merchant:
    with reading():
        return Merchant.objects.get(id=request.merchant_id)


def _end(at: datetime, days: int | None) -> datetime | None:
    return at + timedelta(days=days) if days else None
