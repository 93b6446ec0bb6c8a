"""What became of a request whose answer never arrived."""

from datetime import datetime
from typing import Any

from ninja import Path, Router, Schema
from pydantic import Field

from giftwell.domain.redemption.operations import RESOURCES
from giftwell.domain.redemption.outcome_of_key import outcome_of_key
from giftwell.foundation.idempotency.queries import effects_of
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.api.endpoints import endpoint
from giftwell.interfaces.api.requests import ApiRequest
from giftwell.interfaces.common.access import ApiScope
from giftwell.interfaces.common.entrance import idempotency_key
from giftwell.kit.errors import NotFound
from giftwell.kit.ids import public_id

router = Router()


class KeyIsUnknown(NotFound):
    """Nothing took effect under this key; the request can be sent again."""

    code = "key_took_no_effect"
    detail = "No request with this key took effect. It is safe to send it."


class OutcomeOut(Schema):
    """What a key did."""

    key: str
    operation: str = Field(
        examples=["redeem"],
        description="`prevented` where it was reversed before it came, and will be refused.",
    )
    resource: str | None = Field(description="The id of what came of it.")
    amount_minor: int | None
    balance_minor: int | None
    currency: str | None
    at: datetime
    reversed_at: datetime | None = Field(description="When what it did was undone.")


@endpoint(router, "GET", "/idempotency/{key}", needs=ApiScope.POS, answers=OutcomeOut, problems=(404,))
def look_up(request: ApiRequest, key: Path[str]) -> Any:
    """What the request with this key did, or 404 if it took no effect."""
    idempotency_key(key)
    outcome = outcome_of_key(merchant_id=request.merchant_id, key=key)
    if outcome and (outcome.operation in RESOURCES or outcome.operation == "prevented"):
        return {
            "key": key,
            "operation": outcome.operation,
            "resource": public_id(RESOURCES[outcome.operation], outcome.id) if outcome.id else None,
            "amount_minor": outcome.amount.amount_minor if outcome.amount else None,
            "balance_minor": outcome.balance.amount_minor if outcome.balance else None,
            "currency": outcome.amount.currency if outcome.amount else None,
            "at": outcome.at,
            "reversed_at": outcome.reversed_at,
        }
    with reading():
        kept = effects_of(merchant_id=request.merchant_id, key=key).first()
    if kept is None:
        raise KeyIsUnknown
    return {
        "key": key, "operation": kept.operation, "resource": kept.resource or None, "amount_minor": None,
        "balance_minor": None, "currency": None, "at": kept.created_at, "reversed_at": None,
    }  # fmt: skip
