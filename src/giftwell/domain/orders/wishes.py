"""What a buyer asks for, before anything is looked up: who, how many, and words that fit into a mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from giftwell.kit.errors import Invalid
from giftwell.kit.money import Money, exponent

LIFETIME = timedelta(hours=24)
MAX_CARDS = 20
MAX_UNITS = 5_000

# Controls would break mails and pages, turned-around text would pretend. Joiners are kept: emoji and scripts
# need them.
_UNWANTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class OrderIsInvalid(Invalid):
    """Some of the order does not hold; `errors` names the fields."""

    code = "order_is_invalid"
    detail = "Some details of the order are not valid."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One card as a buyer asks for it. There is no price in it, on purpose; `value` says which card, not what
    it costs.
    """

    product_id: UUID
    value: Money
    design_id: UUID | None = None
    recipient_name: str = ""
    recipient_email: str = ""
    sender_name: str = ""
    message: str = ""


def is_email(text: str) -> bool:
    """Whether mail can be sent there, by the measure of the message log: what it refuses, no order may
    promise.
    """
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def check_order(wishes: Sequence[Wish], *, buyer_email: str, buyer_name: str) -> None:
    """Raise OrderIsInvalid naming each field that does not hold, lines by their position from 0."""
    errors = _check_buyer(buyer_email, buyer_name)
    if not 1 <= len(wishes) <= MAX_CARDS:
        errors["lines"] = f"An order has between 1 and {MAX_CARDS} cards."
    for position, wish in enumerate(wishes[:MAX_CARDS]):
        errors |= {f"lines.{position}.{name}": text for name, text in _check_wish(wish).items()}
    if len({wish.value.currency for wish in wishes}) > 1:
        errors["lines"] = "An order has one currency."
    if errors:
        raise OrderIsInvalid(errors=errors)


def check_buyer(*, email: str, name: str) -> None:
    """Raise OrderIsInvalid naming what of the buyer does not hold."""
    errors = _check_buyer(email, name)
    if errors:
        raise OrderIsInvalid(errors=errors)


def check_total(total: Money) -> None:
    """Raise OrderIsInvalid when the order is worth more than a single one may be."""
    unit = 10 ** exponent(total.currency) if exponent(total.currency) else 100
    if total.amount_minor > MAX_UNITS * unit:
        raise OrderIsInvalid(errors={"lines": "That is more than one order may cost. Place several."})


def _check_buyer(email: str, name: str) -> dict[str, str]:
    errors = {}
    if not is_email(email):
        errors["buyer_email"] = "Enter an e-mail address, such as name@example.com."
    if not _is_line(name, 120):
        errors["buyer_name"] = "A name has at most 120 characters, on one line."
    return errors


def _check_wish(wish: Wish) -> dict[str, str]:
    errors = {}
    for field in ("recipient_name", "sender_name"):
        if not _is_line(getattr(wish, field), 80):
            errors[field] = "A name has at most 80 characters, on one line."
    if wish.recipient_email and not is_email(wish.recipient_email):
        errors["recipient_email"] = "Enter an e-mail address, such as name@example.com."
    if len(wish.message) > 500 or _UNWANTED.search(wish.message.replace("\r", "").replace("\n", "")):
        errors["message"] = "A message has at most 500 characters."
    if wish.value.amount_minor < 1:
        errors["value_minor"] = "Choose a value above zero."
    return errors


def _is_line(text: str, longest: int) -> bool:
    return len(text) <= longest and not _UNWANTED.search(text)
