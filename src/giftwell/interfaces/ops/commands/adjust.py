"""`giftwell adjust`: correct what is on a card; more than a little is asked for, and a person approves it."""

import click

from giftwell.domain.cards.adjust_card import adjust_card
from giftwell.domain.cards.models import Adjustment, Card
from giftwell.domain.cards.queries import find_card
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops.commands.words import as_json, merchant_named, merchant_option, say
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.ids import parse_id
from giftwell.kit.money import Money, format_money, parse_amount


@click.command("adjust")
@merchant_option
@click.option("--card", required=True, help="The card's id (card_…).")
@click.option("--add", default=None, help="Put this much on the card, such as 12.50.")
@click.option("--take", default=None, help="Take this much off the card instead.")
@click.option("--reason", required=True, help="Why, in words; kept in the audit. Never a code.")
@click.option("--key", default=None, help="Repeating a key never adjusts twice; a fresh one when left out.")
@as_json
def adjust(
    merchant: str, card: str, add: str | None, take: str | None, reason: str, key: str | None, as_json: bool
) -> None:
    """Correct what is on a card, or ask for it where it takes a second person."""
    if (add is None) == (take is None):
        raise click.UsageError("Give either --add or --take.")
    tenant = merchant_named(merchant)
    card_id = parse_id(Card.PREFIX, card)
    with scope.merchant(tenant.id), reading():
        currency = find_card(tenant.id, card_id).currency
    amount = parse_amount(add or take or "", currency)
    done = adjust_card(
        merchant_id=tenant.id,
        card_id=card_id,
        change=Money(amount if add is not None else -amount, currency),
        reason=reason,
        key=key or new_token(),
        actor=Actor.command("adjust"),
        now=now(),
    )
    one = done.adjustment
    shown = {
        "id": one.public_id, "card": card, "change_minor": one.change_minor, "currency": currency,
        "status": one.state, "replayed": done.is_replay,
    }  # fmt: skip
    much = format_money(one.change, tenant.locale)
    words = {
        Adjustment.State.APPLIED: f"Adjusted by {much}.",
        Adjustment.State.REQUESTED: f"Asked for {much}: nothing moves before a person approves it.",
        Adjustment.State.DECLINED: f"This key asked for {much}, and somebody declined it.",
    }
    say(shown, words[Adjustment.State(one.state)], as_json=as_json)
