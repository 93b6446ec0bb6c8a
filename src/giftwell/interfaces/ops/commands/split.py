"""`giftwell split`: new cards out of a card's value, each with a code of its own."""

from collections.abc import Sequence

import click

from giftwell.domain.cards.split_card import split_card
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
from giftwell.kit.money import format_money, parse_amount


@click.command("split")
@merchant_option
@click.option("--card", required=True, help="The card's id (card_…).")
@click.option("--amount", "amounts", required=True, multiple=True, help="Of a new card; once for each card.")
@key_option
@as_json
def split(merchant: str, card: str, amounts: Sequence[str], key: str | None, as_json: bool) -> None:
    """Divide a card. The codes of the new cards are not printed: who may see one asks for it."""
    tenant = merchant_named(merchant)
    found = card_named(tenant, card)
    made = split_card(
        merchant_id=tenant.id,
        card_id=found.id,
        amounts_minor=[parse_amount(amount, found.currency) for amount in amounts],
        key=key or new_token(),
        actor=Actor.command("split"),
        now=now(),
    )
    cards = [
        {
            "id": part.card.public_id,
            "last4": part.card.last4,
            "amount_minor": part.moved.amount.amount_minor,
        }
        for part in made.parts
    ]
    shown = {
        "card": found.public_id, "balance_minor": made.left.amount_minor, "currency": found.currency,
        "cards": cards, "replayed": made.is_replay,
    }  # fmt: skip
    parts = ", ".join(
        f"{part.card.public_id} ({format_money(part.moved.amount, tenant.locale)})" for part in made.parts
    )
    left = format_money(made.left, tenant.locale)
    say(shown, f"New cards: {parts}. {left} left on card {found.last4}.", as_json=as_json)
