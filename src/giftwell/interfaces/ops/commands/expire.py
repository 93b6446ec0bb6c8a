"""`giftwell expire`: the sweep of cards whose validity is over, now; or one card alone."""

import click

from giftwell.domain.cards.expire_cards import AT_ONCE, expire_card, expire_due
from giftwell.domain.cards.models import Card
from giftwell.interfaces.ops.commands.words import as_json, merchant_named, say
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id

ACTOR = Actor.command("expire")


@click.command("expire")
@click.option("--merchant", default=None, help="With --card: the merchant's address (slug) or id (mer_…).")
@click.option("--card", default=None, help="One card's id (card_…) instead of all that are due.")
@as_json
def expire(merchant: str | None, card: str | None, as_json: bool) -> None:
    """Take what is left off cards whose validity is over. The worker does it every ten minutes."""
    if (merchant is None) != (card is None):
        raise click.UsageError("Give --merchant and --card together, or neither of them.")
    if merchant is not None and card is not None:
        found = expire_card(
            merchant_id=merchant_named(merchant).id,
            card_id=parse_id(Card.PREFIX, card),
            actor=ACTOR,
            now=now(),
        )
        say(
            {"card": found.public_id, "status": found.status},
            f"Card {found.last4} has expired.",
            as_json=as_json,
        )
        return
    looked = part = expire_due(actor=ACTOR, now=now())
    while part == AT_ONCE:
        part = expire_due(actor=ACTOR, now=now())
        looked += part
    say({"looked_at": looked}, f"Looked at {looked} cards whose validity was over.", as_json=as_json)
