"""`giftwell redeem`: spend from a card, as a till does."""

import sys

import click

from giftwell.domain.redemption.redeem import redeem as spend
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops.commands.words import as_json, merchant_named, merchant_option, say
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import NotFound
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money, format_money, parse_amount


class LocationNotFound(NotFound):
    """The merchant has no location of this name."""

    code = "location_not_found"
    detail = "This merchant has no location with that name."


@click.command("redeem")
@merchant_option
@click.option("--code", required=True, help="The card's code; - reads it from standard input.")
@click.option("--amount", required=True, help="Such as 12.50, in the currency's own decimals.")
@click.option("--currency", default=None, help="The merchant's own when left out.")
@click.option("--key", default=None, help="Repeating a key never spends twice; a fresh one when left out.")
@click.option("--location", default=None, help="The name of the place.")
@click.option("--reference", default="", help="The merchant's own number for this sale.")
@click.option("--allow-partial", is_flag=True, help="Take what there is when it is less.")
@as_json
def redeem(
    merchant: str,
    code: str,
    amount: str,
    currency: str | None,
    key: str | None,
    location: str | None,
    reference: str,
    allow_partial: bool,
    as_json: bool,
) -> None:
    """Spend an amount from a card and print what is left on it."""
    tenant = merchant_named(merchant)
    currency = (currency or tenant.currency).upper()
    wanted = Money(parse_amount(amount, currency), currency)
    answer = spend(
        merchant_id=tenant.id,
        code=sys.stdin.readline().strip() if code == "-" else code,
        amount=wanted,
        key=key or new_token(),
        location_id=_location(tenant, location).id if location else None,
        reference=reference,
        allow_partial=allow_partial,
        actor=Actor.command("redeem"),
        now=now(),
    )
    shown = {
        "id": public_id("red", answer.id),
        "amount_minor": answer.amount.amount_minor,
        "balance_minor": answer.balance.amount_minor,
        "currency": answer.amount.currency,
        "card": {"id": public_id("card", answer.card_id), "last4": answer.last4},
        "replayed": answer.replayed,
    }
    words = (
        f"Redeemed {format_money(answer.amount, tenant.locale)} from card {answer.last4}; "
        f"{format_money(answer.balance, tenant.locale)} is left."
    )
    say(
        shown,
        words + (" This key was used before: nothing was spent now." if answer.replayed else ""),
        as_json=as_json,
    )


def _location(merchant: Merchant, name: str) -> Location:
    with scope.merchant(merchant.id), reading():
        found = Location.objects.filter(merchant=merchant, name=name).first()
    if found is None:
        raise LocationNotFound
    return found
