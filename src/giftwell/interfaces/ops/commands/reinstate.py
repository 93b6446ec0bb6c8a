"""`giftwell reinstate`: give an expired card back to its holder, with what it had."""

from datetime import datetime

import click

from giftwell.domain.cards.models import Card
from giftwell.domain.cards.reinstate_card import reinstate_card
from giftwell.interfaces.ops.commands.words import as_json, merchant_named, merchant_option, say
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id


@click.command("reinstate")
@merchant_option
@click.option("--card", required=True, help="The card's id (card_…).")
@click.option(
    "--last-day", default=None, type=click.DateTime(["%Y-%m-%d"]),
    help="Where the merchant is, such as 2040-05-31; as long as a card that begins now when left out.",
)  # fmt: skip
@as_json
def reinstate(merchant: str, card: str, last_day: datetime | None, as_json: bool) -> None:
    """Open an expired card again; one that is open again stays as it is."""
    found = reinstate_card(
        merchant_id=merchant_named(merchant).id,
        card_id=parse_id(Card.PREFIX, card),
        last_day=last_day.date() if last_day else None,
        actor=Actor.command("reinstate"),
        now=now(),
    )
    ends = found.expires_at.isoformat() if found.expires_at else None
    say(
        {"card": found.public_id, "status": found.status, "expires_at": ends},
        f"Card {found.last4} is back, valid until {ends or 'for ever'}.",
        as_json=as_json,
    )
