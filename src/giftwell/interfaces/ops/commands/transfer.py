"""`giftwell transfer` and `giftwell merge`: part of a card's value, or all of it, onto another card."""

import click

from giftwell.domain.cards.merge_cards import merge_cards
from giftwell.domain.cards.moving import Moved
from giftwell.domain.cards.transfer_value import transfer_value
from giftwell.foundation.tenancy.models import Merchant
from giftwell.interfaces.ops.commands.words import (
    as_json,
    card_named,
    key_option,
    merchant_named,
    merchant_option,
    say,
)
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.money import Money, format_money, parse_amount

source_option = click.option("--from", "source", required=True, help="The id of the card it comes from.")
target_option = click.option("--to", "target", required=True, help="The id of the card it goes to.")


@click.command("transfer")
@merchant_option
@source_option
@target_option
@click.option("--amount", required=True, help="How much moves, such as 12.50.")
@key_option
@as_json
def transfer(merchant: str, source: str, target: str, amount: str, key: str | None, as_json: bool) -> None:
    """Move part of what is available on a card onto another one."""
    tenant = merchant_named(merchant)
    one, other = card_named(tenant, source), card_named(tenant, target)
    moved = transfer_value(
        merchant_id=tenant.id,
        source_id=one.id,
        target_id=other.id,
        amount=Money(parse_amount(amount, one.currency), one.currency),
        key=key or new_token(),
        actor=Actor.command("transfer"),
        now=now(),
    )
    _say(tenant, source, target, moved, f"moved from card {one.last4} to card {other.last4}", as_json)


@click.command("merge")
@merchant_option
@source_option
@target_option
@key_option
@as_json
def merge(merchant: str, source: str, target: str, key: str | None, as_json: bool) -> None:
    """Move all of a card's value onto another one and close it."""
    tenant = merchant_named(merchant)
    one, other = card_named(tenant, source), card_named(tenant, target)
    moved = merge_cards(
        merchant_id=tenant.id,
        source_id=one.id,
        target_id=other.id,
        key=key or new_token(),
        actor=Actor.command("merge"),
        now=now(),
    )
    _say(tenant, source, target, moved, f"went to card {other.last4}; card {one.last4} is closed", as_json)


def _say(tenant: Merchant, source: str, target: str, moved: Moved, what: str, as_json: bool) -> None:
    shown = {
        "id": moved.public_id, "from": source, "to": target, "amount_minor": moved.amount.amount_minor,
        "from_balance_minor": moved.source_balance.amount_minor,
        "to_balance_minor": moved.target_balance.amount_minor,
        "currency": moved.amount.currency, "replayed": moved.is_replay,
    }  # fmt: skip
    say(shown, f"{format_money(moved.amount, tenant.locale)} {what}.", as_json=as_json)
