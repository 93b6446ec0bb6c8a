"""What the point of sale adds to the one OpenAPI document: paths, schemas, every error with an example.

Pure: `config` merges it with the rest. Names of schemas begin with `Pos`, so that they meet nobody else's.
"""

from typing import Any

import msgspec

from giftwell.domain.redemption.refusals import REFUSALS, KeyConflict
from giftwell.interfaces.common import entrance
from giftwell.interfaces.common.problems import CONTENT_TYPE, Malformed, problem_of, status_of
from giftwell.interfaces.pos import answers, batch, bodies
from giftwell.kit.errors import DomainError, Invalid, Unavailable
from giftwell.kit.money import UnknownCurrency

_SPENDING = (
    "amount_invalid", "card_not_found", "location_not_found", "card_is_closed", "card_is_frozen",
    "card_is_expired", "wrong_currency", "insufficient_funds", "day_limit_exceeded", "reference_invalid",
    "reversed",
)  # fmt: skip
# The refusals of each operation, as `redemption` publishes them.
REFUSED: dict[str, tuple[str, ...]] = {
    "redeem": _SPENDING,
    "authorize": (*_SPENDING, "lifetime_invalid"),
    "reauthorize": (
        "authorization_not_found", "authorization_not_live", "amount_invalid", "lifetime_invalid",
        "card_is_closed", "card_is_frozen", "card_is_expired", "insufficient_funds", "day_limit_exceeded",
        "reversed",
    ),
    "capture": (
        "authorization_not_found", "authorization_not_live", "amount_invalid", "capture_exceeds_hold",
        "tip_exceeds_limit", "insufficient_funds", "day_limit_exceeded", "reversed",
    ),
    "void": ("authorization_not_found", "authorization_not_live", "reversed"),
    "refund": (
        "redemption_not_found", "redemption_is_reversed", "amount_invalid", "refund_exceeds_capture",
        "card_is_closed", "card_is_frozen", "reversed",
    ),
    "unlinked_refund": (
        "amount_invalid", "card_not_found", "location_not_found", "card_is_closed", "card_is_frozen",
        "card_is_expired", "wrong_currency", "reference_invalid", "refund_exceeds_limit",
        "refund_exceeds_daily_limit", "exceeds_max_balance", "reversed",
    ),
    "reverse": (
        "too_late_to_reverse", "already_refunded", "authorization_not_live", "card_is_closed",
        "insufficient_funds", "not_reversible",
    ),
    "balance": ("card_not_found",),
    "batch": (),
}  # fmt: skip
_ALWAYS: tuple[type[DomainError], ...] = (
    Malformed, entrance.Unauthenticated, entrance.MissingScope, entrance.MerchantSuspended, Unavailable,
    entrance.TooLarge, entrance.UnsupportedMediaType, Invalid, entrance.TooManyRequests, entrance.Broken,
)  # fmt: skip
_KEYED: tuple[type[DomainError], ...] = (
    entrance.IdempotencyKeyMissing,
    entrance.IdempotencyKeyInvalid,
    KeyConflict,
    entrance.InProgress,
)

# They change nothing, carry keys inside, or are safe to repeat by what they name.
_UNKEYED = ("balance", "batch", "reverse")
_REQUEST = "req_5d41402abc4b2a76b9719d91"
_CARD = {"id": "card_06f1k8q4vgxk5r3c2t9p7wznmh", "last4": "WNPV"}
_SPENT = {
    "id": "red_06f1k8q4vgxk5r3c2t9p7wznmh", "amount_minor": 2500, "due_minor": 0, "balance_minor": 7500,
    "available_minor": 7500, "currency": "EUR", "card": _CARD, "redeemed_at": "2026-11-24T09:30:00Z",
}  # fmt: skip
_HELD = {
    "id": "auth_06f1k8q4vgxk5r3c2t9p7wznmh", "balance_minor": 10000, "currency": "EUR", "card": _CARD,
}  # fmt: skip
_CAPTURED = {**{name: value for name, value in _SPENT.items() if name != "due_minor"}, "tip_minor": 300,
             "authorization": _HELD["id"]}  # fmt: skip
_GIVEN = {
    "id": "ref_06f1k8q4vgxk5r3c2t9p7wznmh", "amount_minor": 1000, "balance_minor": 8500,
    "available_minor": 8500, "currency": "EUR", "card": _CARD, "refunded_at": "2026-11-24T09:50:00Z",
}  # fmt: skip
_ASKED = {"code": "7K4M-XQ2D-9FHT-3WNPV", "amount_minor": 2500, "currency": "EUR", "reference": "till-7/4411"}

# operation, path, tag line, body, answer, status, example of the body, example of the answer
_DOORS: tuple[tuple[str, str, str, Any, Any, int, dict[str, Any], dict[str, Any]], ...] = (
    ("redeem", "redemptions", "Redeem from a card", bodies.Redeem, answers.Redemption, 201, _ASKED, _SPENT),
    ("authorize", "authorizations", "Hold an amount on a card", bodies.Authorize, answers.Authorization, 201,
     {**_ASKED, "expires_in_seconds": 3600},
     {**_HELD, "held_minor": 2500, "due_minor": 0, "available_minor": 7500,
      "expires_at": "2026-11-24T10:30:00Z"}),
    ("reauthorize", "authorizations/{id}/reauthorize", "Replace an authorization", bodies.Reauthorize,
     answers.Reauthorized, 201, {"amount_minor": 4000, "expires_in_seconds": 7200},
     {**_HELD, "id": "auth_06f1k9a2m4xk5r3c2t9p7wznmh", "replaces": _HELD["id"], "held_minor": 4000,
      "available_minor": 6000, "expires_at": "2026-11-24T11:30:00Z"}),
    ("capture", "authorizations/{id}/capture", "Capture an authorization", bodies.Capture, answers.Captured,
     200, {"amount_minor": 2200, "tip_minor": 300}, _CAPTURED),
    ("void", "authorizations/{id}/void", "Void an authorization", bodies.Void, answers.Voided, 200,
     {}, {**_HELD, "released_minor": 2500, "available_minor": 10000, "voided_at": "2026-11-24T09:40:00Z"}),
    ("refund", "refunds", "Refund a redemption", bodies.Refund, answers.Refunded, 201,
     {"redemption": _SPENT["id"], "amount_minor": 1000},
     {**_GIVEN, "redemption": _SPENT["id"], "instead_of": None}),
    ("unlinked_refund", "unlinked-refunds", "Refund without a redemption", bodies.UnlinkedRefund,
     answers.UnlinkedRefunded, 201,
     {"code": _ASKED["code"], "amount_minor": 1000, "currency": "EUR", "reference": "no receipt"}, _GIVEN),
    ("reverse", "reversals", "Reverse what a key did", bodies.Reverse, answers.Reversal, 200,
     {"idempotency_key": "till-7/4411"},
     {"outcome": "undone", "operation": "redeem", "id": _SPENT["id"], "amount_minor": 2500,
      "balance_minor": 10000, "available_minor": 10000, "currency": "EUR", "card": _CARD,
      "reversed_at": "2026-11-24T09:31:00Z"}),
    ("balance", "balance", "Ask for a card's balance", bodies.Balance, answers.CardBalance, 200,
     {"code": _ASKED["code"]},
     {"balance_minor": 7500, "available_minor": 7500, "currency": "EUR", "status": "active",
      "expires_at": "2031-11-23T23:59:59.999999Z", "last4": "WNPV"}),
    ("batch", "batch", "Carry out up to 500 operations", bodies.Batch, batch.Results, 200,
     {"operations": [{"operation": "redeem", "idempotency_key": "till-7/4411", **_ASKED}]},
     {"results": [{"status": 201, "idempotency_key": "till-7/4411", "answer": _SPENT}]}),
)  # fmt: skip


def _schema_name(name: str) -> str:
    return f"Pos{name}"


def schemas() -> dict[str, Any]:
    """The component schemas of bodies and answers, by name, and the one of a problem."""
    kinds = [kind for door in _DOORS for kind in door[3:5]]
    _, found = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/Pos{name}")
    named = {_schema_name(name): schema for name, schema in found.items()}
    items = named["PosBatch"]["properties"]["operations"]["items"]
    # An operation that is none of these does not fail the batch, so the batch with it is a valid one.
    items["anyOf"].append({"description": "Anything else is answered by a problem in its place."})
    return {**named, "Problem": problem_schema()}


def problem_schema() -> dict[str, Any]:
    """The schema of RFC 9457 as this API fills it."""
    text = {"type": "string"}
    return {
        "title": "Problem",
        "type": "object",
        "description": "RFC 9457: why a request was refused. Switch on `code`; it never changes.",
        "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "code": text, "detail": text,
            "errors": {"type": "object", "additionalProperties": text, "description": "By field."},
            "request_id": text,
        },
        "required": ["type", "title", "status", "code", "detail", "errors", "request_id"],
    }  # fmt: skip


def paths(security: str = "ApiKey") -> dict[str, Any]:
    """The paths; `security` names the document's scheme of API keys."""
    return {f"/v1/pos/{door[1]}": {"post": _operation(door, security)} for door in _DOORS}


def errors_of(name: str) -> list[DomainError]:
    """Every error that this operation may answer with."""
    keyed = () if name in _UNKEYED else _KEYED
    if name == "reverse":
        keyed = (entrance.IdempotencyKeyInvalid, entrance.InProgress)
    if name in ("redeem", "authorize", "unlinked_refund"):
        keyed = (*keyed, UnknownCurrency)
    return [kind() for kind in (*_ALWAYS, *keyed)] + [REFUSALS[code]() for code in REFUSED[name]]


def _operation(door: tuple[Any, ...], security: str) -> dict[str, Any]:
    name, path, summary, body, answer, status, asked, answered = door
    optional_body = name in ("capture", "reauthorize", "void")
    return {
        "operationId": f"pos_{name}",
        "tags": ["Point of sale"],
        "summary": summary,
        "description": body.__doc__ or summary,
        "security": [{security: []}],
        "parameters": _parameters(name, path),
        "requestBody": {
            "required": not optional_body,
            "content": {"application/json": {"schema": _ref(body.__name__), "example": asked}},
        },
        "responses": {
            str(status): _success(name, answer, answered),
            **_problems(errors_of(name)),
        },
    }


def _parameters(name: str, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if "{id}" in path:
        found.append({"name": "id", "in": "path", "required": True, "schema": {"type": "string"},
                      "description": "The authorization's id.", "example": _HELD["id"]})  # fmt: skip
    if name not in _UNKEYED:
        found.append(
            {
                "name": "Idempotency-Key", "in": "header", "required": True,
                "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
                "description": "Makes the request safe to repeat; unique per merchant across operations.",
                "example": "till-7/4411",
            }
        )  # fmt: skip
    return found


def _success(name: str, answer: Any, answered: dict[str, Any]) -> dict[str, Any]:
    headers: dict[str, Any] = {"X-Request-Id": {"schema": {"type": "string"}}}
    if name not in ("balance", "batch"):
        headers["Idempotent-Replayed"] = {
            "schema": {"type": "string", "enum": ["true"]},
            "description": "Present when this key took effect before; the answer is the first one's.",
        }
    return {
        "description": (answer.__doc__ or "").strip(),
        "headers": headers,
        "content": {"application/json": {"schema": _ref(answer.__name__), "example": answered}},
    }


def _problems(errors: list[DomainError]) -> dict[str, Any]:
    by_status: dict[int, list[DomainError]] = {}
    for error in errors:
        by_status.setdefault(status_of(error), []).append(error)
    return {str(status): _problem(status, found) for status, found in sorted(by_status.items())}


def _problem(status: int, errors: list[DomainError]) -> dict[str, Any]:
    headers: dict[str, Any] = {"X-Request-Id": {"schema": {"type": "string"}}}
    if status in (429, 503):
        headers["Retry-After"] = {"schema": {"type": "integer"}, "description": "Seconds."}
    examples = {
        error.code: {"value": problem_of(error, request_id="req_5d41402abc4b2a76b9719d91")}
        for error in errors
    }
    return {
        "description": " · ".join(f"`{error.code}`" for error in errors),
        "headers": headers,
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{_schema_name(name)}"}
