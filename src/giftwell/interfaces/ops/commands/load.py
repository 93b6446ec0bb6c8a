"""`giftwell load`: put more on a card that the merchant owes itself; what is sold is loaded by an order."""

import click

from giftwell.domain.cards.load_card import load_card
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


@click.command("load")
@merchant_option
@click.option("--card", required=True, help="The card's id (card_…).")
@click.option("--amount", required=True, help="How much is added, such as 12.50.")
@key_option
@as_json
def load(merchant: str, card: str, amount: str, key: str | None, as_json: bool) -> None:
    """Load a card of a promotional or direct program."""
    tenant = merchant_named(merchant)
    found = card_named(tenant, card)
    loaded = load_card(
        merchant_id=tenant.id,
        card_id=found.id,
        amount=Money(parse_amount(amount, found.currency), found.currency),
        key=key or new_token(),
        actor=Actor.command("load"),
        now=now(),
    )
    shown = {
        "id": loaded.public_id, "card": found.public_id, "amount_minor": loaded.amount.amount_minor,
        "balance_minor": loaded.balance.amount_minor, "currency": found.currency,
        "replayed": loaded.is_replay,
    }  # fmt: skip
    words = f"{format_money(loaded.amount, tenant.locale)} loaded onto card {found.last4}."
    say(shown, words, as_json=as_json)
