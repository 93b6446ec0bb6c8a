"""What all bodies share: strict types, money, clean text, problems, pages of a list."""

import re
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StrictInt

from giftwell.kit.money import MAX_MINOR, is_currency

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _plain(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must not contain control characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must be valid Unicode") from None
    return text


def _currency(text: str) -> str:
    if not is_currency(text):
        raise ValueError("must be an ISO 4217 currency, such as EUR")
    return text


def _is_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return value


Text = Annotated[str, BeforeValidator(_is_text), AfterValidator(_plain)]
Currency = Annotated[Text, AfterValidator(_currency), Field(min_length=3, max_length=3, examples=["EUR"])]
PositiveMinor = Annotated[
    StrictInt, Field(ge=1, le=MAX_MINOR, description="In the currency's minor unit.", examples=[2500])
]
Identifier = Annotated[Text, Field(max_length=64)]


class Body(Schema):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Amount(Body):
    """An amount of money in the currency's own minor unit."""

    amount_minor: PositiveMinor
    currency: Currency


class AmountOut(Schema):
    """An amount of money in the currency's own minor unit."""

    amount_minor: int = Field(examples=[2500])
    currency: str = Field(examples=["EUR"])


class Problem(Schema):
    """RFC 9457: what went wrong, in one shape for every error."""

    type: str = Field(examples=["urn:giftwell:problem:insufficient_funds"])
    title: str
    status: int
    code: str = Field(description="Stable; act on this.", examples=["insufficient_funds"])
    detail: str = Field(description="For a person.")
    errors: dict[str, str] = Field(
        default_factory=dict, description="The fields at fault, each with its reason."
    )
    request_id: str


class ListOut[T](Schema):
    """One page of a list; follow `next_cursor` until it is null."""

    data: list[T]
    next_cursor: str | None = None
