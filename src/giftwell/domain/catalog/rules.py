"""What a program and a product may be: pure decisions, each naming the field at fault."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from giftwell.domain.catalog.validity import ValidityRule, least_days
from giftwell.kit.errors import Invalid, Refused
from giftwell.kit.money import MAX_MINOR, is_currency

MAX_LISTED_VALUES = 20
_FUNDINGS = ("escrow", "direct", "promo")


class ProgramIsInvalid(Invalid):
    """Some rules of the program do not hold; `errors` names the fields."""

    code = "program_is_invalid"
    detail = "Some rules of the program are not valid."


class ProductIsInvalid(Invalid):
    """Some details of the product do not hold; `errors` names the fields."""

    code = "product_is_invalid"
    detail = "Some details of the product are not valid."


class ProductHasNoValue(Refused):
    """A product on the shelf needs a value that can be bought."""

    code = "product_has_no_value"
    detail = "List at least one value before selling this product."


class Caps(TypedDict, total=False):
    """Limits beyond the bounds of a value, in minor units, none where null or left out.

    The most that may be on a card; what a card may spend on a day; what the program may issue without a
    payment on a day. A day is one of the merchant's zone.
    """

    max_balance_minor: int | None
    max_spend_per_day_minor: int | None
    max_issue_per_day_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRules:
    """The rules of a family of cards, as they will be kept. Amounts in minor units of `currency`."""

    name: str
    currency: str
    funding: str
    commission_bps: int
    commission_fixed_minor: int
    buyer_fee_minor: int
    validity_days: int | None
    min_value_minor: int
    max_value_minor: int
    max_balance_minor: int | None = None
    max_spend_per_day_minor: int | None = None
    max_issue_per_day_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductDetails:
    """A product as a merchant wants it: listed (value, price) pairs and the bounds of a range."""

    name: str
    kind: str
    description: str = ""
    values: Sequence[tuple[int, int]] = ()
    min_value_minor: int | None = None
    max_value_minor: int | None = None


def check_program(rules: ProgramRules, law: ValidityRule | None = None) -> None:
    """Raise `ProgramIsInvalid` naming each field that does not hold.

    `law` is the rule on validity that value which somebody pays for is under; an error names it by its code.
    """
    errors = {}
    if not _is_name(rules.name, 80):
        errors["name"] = "Give the program a name of at most 80 characters."
    if not is_currency(rules.currency):
        errors["currency"] = "Choose a currency by its three letters, such as EUR."
    if rules.funding not in _FUNDINGS:
        errors["funding"] = "Choose escrow, direct or promo."
    errors |= _check_validity(rules, law)
    if not 1 <= rules.min_value_minor <= rules.max_value_minor <= MAX_MINOR:
        errors["min_value_minor"] = "The lowest value must be above zero and not above the highest."
    errors |= _check_rates(rules) | _check_caps(rules)
    if errors:
        raise ProgramIsInvalid(errors=errors)


def _check_validity(rules: ProgramRules, law: ValidityRule | None) -> dict[str, str]:
    days = rules.validity_days
    if days is None:
        return {}
    if not 1 <= days <= 36_500:
        return {"validity_days": "A card is valid for at least one day, or for ever."}
    if law is None or rules.funding == "promo":
        return {}
    least = least_days(law)
    if least is None:
        return {"validity_days": f"A card that was paid for may not expire here (rule {law.code})."}
    if days < least:
        return {"validity_days": f"Here the law wants at least {least:,} days (rule {law.code})."}
    return {}


def _check_caps(rules: ProgramRules) -> dict[str, str]:
    errors = {}
    if (
        rules.max_balance_minor is not None
        and not rules.max_value_minor <= rules.max_balance_minor <= MAX_MINOR
    ):
        errors["max_balance_minor"] = "The most on a card cannot be below the highest value."
    for field in ("max_spend_per_day_minor", "max_issue_per_day_minor"):
        cap = getattr(rules, field)
        if cap is not None and not 1 <= cap <= MAX_MINOR:
            errors[field] = "A daily limit is above zero; leave it out for none."
    return errors


def _check_rates(rules: ProgramRules) -> dict[str, str]:
    errors = {}
    if not 0 <= rules.commission_bps <= 10_000:
        errors["commission_bps"] = "A commission is between 0 and 10,000 hundredths of a per cent."
    elif rules.funding == "promo" and (rules.commission_bps or rules.commission_fixed_minor):
        errors["commission_bps"] = "Value that is given away carries no commission."
    for field in ("commission_fixed_minor", "buyer_fee_minor"):
        if not 0 <= getattr(rules, field) <= MAX_MINOR:
            errors[field] = "An amount cannot be negative."
    return errors


def check_product(details: ProductDetails, *, lowest: int, highest: int) -> None:
    """Raise `ProductIsInvalid` naming each field that does not hold, within the program's bounds."""
    errors = {}
    if not _is_name(details.name, 120):
        errors["name"] = "Give the product a name of at most 120 characters."
    if len(details.description) > 2000 or "\x00" in details.description:
        errors["description"] = "A description has at most 2,000 characters."
    if details.kind == "range":
        errors |= _check_range(details, lowest, highest)
    elif details.kind != "fixed":
        errors["kind"] = "Choose fixed or range."
    elif (details.min_value_minor, details.max_value_minor) != (None, None):
        errors["min_value_minor"] = "Only a range has a lowest and a highest value."
    errors |= _check_values(details, lowest, highest)
    if errors:
        raise ProductIsInvalid(errors=errors)


def _check_range(details: ProductDetails, lowest: int, highest: int) -> dict[str, str]:
    low, high = details.min_value_minor, details.max_value_minor
    if low is None or high is None or low > high:
        return {"min_value_minor": "A range needs a lowest value that is not above its highest."}
    if low < lowest or high > highest:
        return {"max_value_minor": "The range leaves the bounds of the program."}
    return {}


def _check_values(details: ProductDetails, lowest: int, highest: int) -> dict[str, str]:
    values = [value for value, _ in details.values]
    if len(values) > MAX_LISTED_VALUES:
        return {"values": f"A product lists at most {MAX_LISTED_VALUES} values."}
    if len(set(values)) < len(values):
        return {"values": "Each value can be listed once."}
    if any(not lowest <= value <= highest for value in values):
        return {"values": "A value leaves the bounds of the program."}
    if any(not 1 <= price <= value for value, price in details.values):
        return {"values": "A price is above zero and never above the value."}
    return {}


def _is_name(text: str, longest: int) -> bool:
    return bool(text.strip()) and len(text) <= longest and text.isprintable()
