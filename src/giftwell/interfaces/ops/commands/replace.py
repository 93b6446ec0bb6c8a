"""`giftwell replace`: a lost card goes on as a new one; its code is dead at once."""

import click

from giftwell.domain.cards.models import Card
from giftwell.domain.cards.replace_card import replace_card
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
from giftwell.kit.ids import public_id
from giftwell.kit.money import format_money


@click.command("replace")
@merchant_option
@click.option("--card", required=True, help="The lost card's id (card_…).")
@key_option
@as_json
def replace(merchant: str, card: str, key: str | None, as_json: bool) -> None:
    """Replace a lost card. The new code is not printed: who may see it asks for it."""
    tenant = merchant_named(merchant)
    found = card_named(tenant, card)
    moved = replace_card(
        merchant_id=tenant.id,
        card_id=found.id,
        key=key or new_token(),
        actor=Actor.command("replace"),
        now=now(),
    )
    new = public_id(Card.PREFIX, moved.target_id)
    shown = {
        "id": moved.public_id, "card": found.public_id, "replaced_by": new,
        "amount_minor": moved.amount.amount_minor, "currency": moved.amount.currency,
        "replayed": moved.is_replay,
    }  # fmt: skip
    much = format_money(moved.amount, tenant.locale)
    say(shown, f"Card {found.last4} is closed; {new} carries its {much} on.", as_json=as_json)
