"""The bodies a till sends, strict.

Integers only, no unknown field, no control character, nothing of unbounded size.

What is wrong in form is refused here. What an amount, a currency or a lifetime may be is judged by the
database functions alone, so that every door gives the same answer.
"""

import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from giftwell.kit.money import MAX_MINOR

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SAFE_PATTERN = {"pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"}
SEVEN_DAYS = 604_800
MOST_OPERATIONS = 500

type Code = Annotated[
    str,
    Meta(
        min_length=1, max_length=64, description="The card's code, with or without dashes.",
        examples=["7K4M-XQ2D-9FHT-3WNPV"], extra_json_schema=_SAFE_PATTERN,
    ),
]  # fmt: skip
type Amount = Annotated[
    int,
    Meta(
        description="In the currency's minor unit.", examples=[2500],
        extra_json_schema={"minimum": 1, "maximum": MAX_MINOR},
    ),
]  # fmt: skip
type Currency = Annotated[
    str, Meta(pattern="^[A-Z]{3}$", max_length=3, description="ISO 4217.", examples=["EUR"])
]
type Id = Annotated[str, Meta(max_length=64, extra_json_schema=_SAFE_PATTERN)]
type Reference = Annotated[
    str,
    Meta(
        description="The till's own number for this.",
        extra_json_schema={**_SAFE_PATTERN, "maxLength": 120},
    ),
]
type Key = Annotated[str, Meta(max_length=255, extra_json_schema={"minLength": 1, "pattern": "^[!-~]+$"})]


class _Body(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if type(value) is str and _UNSAFE.search(value) is not None:
                raise ValueError(f"{name}: has a control character")


class Balance(_Body, kw_only=True):
    """Ask what a card holds."""

    code: Code


class Redeem(_Body, kw_only=True):
    """Spend from a card."""

    code: Code
    amount_minor: Amount
    currency: Currency
    location: Id | None = None
    reference: Reference = ""
    allow_partial: Annotated[bool, Meta(description="Approve what there is when it is less.")] = False


class Authorize(Redeem, kw_only=True):
    """Hold an amount on a card, to capture it later."""

    expires_in_seconds: Annotated[
        int,
        Meta(description="How long the hold lives.", extra_json_schema={"minimum": 1, "maximum": SEVEN_DAYS}),
    ] = SEVEN_DAYS


class Capture(_Body, kw_only=True):
    """Spend what an authorization still holds, all of it unless an amount is given. The last capture lets the
    rest go; with `final` false it stays held. What amount and tip take beyond the hold comes from what is
    available on the card, all or nothing.
    """

    amount_minor: Amount | None = None
    tip_minor: Annotated[
        int,
        Meta(
            description="On top of the amount; all tips of an authorization are at most 30 % of it.",
            extra_json_schema={"minimum": 0, "maximum": MAX_MINOR},
        ),
    ] = 0
    final: Annotated[bool, Meta(description="Whether this is the last capture.")] = True


class Reauthorize(_Body, kw_only=True):
    """Put another authorization in the place of a live one: another amount (what is still held unless one is
    given), another end. Where that is not possible, the old one stays.
    """

    amount_minor: Amount | None = None
    expires_in_seconds: Annotated[
        int,
        Meta(description="From now.", extra_json_schema={"minimum": 1, "maximum": SEVEN_DAYS}),
    ] = SEVEN_DAYS


class Void(_Body, kw_only=True):
    """Let go what an authorization holds."""


class Refund(_Body, kw_only=True):
    """Give back what a redemption took, all that is left of it unless an amount is given."""

    redemption: Id
    amount_minor: Amount | None = None


class UnlinkedRefund(_Body, kw_only=True):
    """Put value on a card without a redemption that it comes from; the merchant pays. The key needs the scope
    `refunds:unlinked` too. At most the largest value of the card's program at once, and ten times that a day.
    """

    code: Code
    amount_minor: Amount
    currency: Currency
    location: Id | None = None
    reference: Reference = ""


class Reverse(_Body, kw_only=True):
    """For an answer that never came: undo what a key did within the last 24 hours, or make sure that it never
    does anything. Safe to repeat as it is.
    """

    idempotency_key: Key


class BatchBalance(Balance, tag_field="operation", tag="balance"):
    """A balance inside a batch; it needs no key."""


class BatchRedeem(Redeem, tag_field="operation", tag="redeem", kw_only=True):
    """A redemption inside a batch."""

    idempotency_key: Key


class BatchAuthorize(Authorize, tag_field="operation", tag="authorize", kw_only=True):
    """An authorization inside a batch."""

    idempotency_key: Key


class BatchCapture(Capture, tag_field="operation", tag="capture", kw_only=True):
    """A capture inside a batch."""

    authorization: Id
    idempotency_key: Key


class BatchReauthorize(Reauthorize, tag_field="operation", tag="reauthorize", kw_only=True):
    """An authorization inside a batch that replaces another."""

    authorization: Id
    idempotency_key: Key


class BatchVoid(Void, tag_field="operation", tag="void", kw_only=True):
    """A void inside a batch."""

    authorization: Id
    idempotency_key: Key


class BatchRefund(Refund, tag_field="operation", tag="refund", kw_only=True):
    """A refund inside a batch."""

    idempotency_key: Key


class BatchUnlinkedRefund(UnlinkedRefund, tag_field="operation", tag="unlinked_refund", kw_only=True):
    """A refund without a redemption inside a batch."""

    idempotency_key: Key


class BatchReverse(Reverse, tag_field="operation", tag="reverse", kw_only=True):
    """A reversal inside a batch; the key is the one that is undone."""


type BatchOperation = (
    BatchBalance | BatchRedeem | BatchAuthorize | BatchReauthorize | BatchCapture | BatchVoid | BatchRefund
    | BatchUnlinkedRefund | BatchReverse
)  # fmt: skip


class RawBatch(Struct, forbid_unknown_fields=True):
    """A batch whose operations are still unread.

    Each is judged alone, so that one never fails its neighbours.
    """

    operations: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=MOST_OPERATIONS)]


class Batch(Struct, forbid_unknown_fields=True):
    """Up to 500 operations, carried out in their order, each with its own key and its own result."""

    operations: Annotated[list[BatchOperation], Meta(min_length=1, max_length=MOST_OPERATIONS)]


_FIELD = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?$", re.DOTALL)
_NAMED = re.compile(r"^Object (?P<what>contains unknown|missing required) field `(?P<name>.*)`$", re.DOTALL)
_OURS = re.compile(r"^(?P<name>[a-z_]+): (?P<what>.*)$", re.DOTALL)


def faults(error: msgspec.ValidationError) -> dict[str, str]:
    """What a validation error says, by field; the whole body goes by the name `body`."""
    found = _FIELD.match(str(error))
    if found is None:  # pragma: no cover - the pattern takes every text
        return {"body": "is not valid"}
    what, path = found["what"], found["path"] or ""
    named = _NAMED.match(what)
    if named:
        is_unknown = named["what"] == "contains unknown"
        return {_join(path, named["name"]): "is not a known field" if is_unknown else "is required"}
    ours = _OURS.match(what)
    if ours:
        return {_join(path, ours["name"]): ours["what"]}
    return {path[:80] or "body": what[:1].lower() + what[1:].replace("`", "")}


def _join(path: str, name: str) -> str:
    return f"{path}.{name}"[:80] if path else name[:80]


def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """A reader of one kind of body."""
    return msgspec.json.Decoder(kind)
