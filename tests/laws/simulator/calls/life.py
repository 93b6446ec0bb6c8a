"""A card's life, through its verbs."""

from datetime import datetime

from giftwell.domain.cards.close_card import close_card
from giftwell.domain.cards.expire_cards import expire_due
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.issue_cards import issue_cards
from giftwell.domain.cards.models import FreezeReason
from giftwell.domain.cards.reinstate_card import reinstate_card
from giftwell.domain.cards.unfreeze_card import unfreeze_card
from tests.laws.simulator.calls.told import Told, told_by
from tests.laws.simulator.oracle.facts import Command
from tests.laws.simulator.world import ACTOR, World


def issue(world: World, command: Command, at: datetime) -> Told:
    """Cards that nobody pays for."""

    def ask() -> Told:
        fields = command.fields
        made = issue_cards(
            program=world.grounds[command.merchant].programs[fields["program"]],
            value_minor=fields["value_minor"], count=fields["count"], key=command.key, actor=ACTOR, now=at,
        )  # fmt: skip
        ids = tuple(card.id for card in made.cards)
        return Told("replayed" if made.replayed else "done", ids=ids)

    return told_by(ask)


def freeze(world: World, command: Command, at: datetime) -> Told:
    """Stop a card."""
    return _reasoned(freeze_card, world, command, at)


def unfreeze(world: World, command: Command, at: datetime) -> Told:
    """Let a card go again."""
    return _reasoned(unfreeze_card, world, command, at)


def _reasoned(verb: object, world: World, command: Command, at: datetime) -> Told:
    def ask() -> Told:
        verb(  # type: ignore[operator]
            merchant_id=world.grounds[command.merchant].id,
            card_id=world.id_of("card", command.fields["card"]),
            reason=FreezeReason(command.fields["reason"]), actor=ACTOR, now=at,
        )  # fmt: skip
        return Told("done")

    return told_by(ask)


def close(world: World, command: Command, at: datetime) -> Told:
    """End a card."""

    def ask() -> Told:
        close_card(
            merchant_id=world.grounds[command.merchant].id,
            card_id=world.id_of("card", command.fields["card"]),
            actor=ACTOR, now=at,
        )  # fmt: skip
        return Told("done")

    return told_by(ask)


def expire(_world: World, _command: Command, at: datetime) -> Told:
    """The sweep at the end of a day."""
    return Told("done", expire_due(actor=ACTOR, now=at, at_most=1_000_000))


def reinstate(world: World, command: Command, at: datetime) -> Told:
    """An expired card comes back."""

    def ask() -> Told:
        reinstate_card(
            merchant_id=world.grounds[command.merchant].id,
            card_id=world.id_of("card", command.fields["card"]), actor=ACTOR, now=at,
        )  # fmt: skip
        return Told("done")

    return told_by(ask)


CALLS = {
    "issue": issue, "freeze": freeze, "unfreeze": unfreeze, "close": close, "expire": expire,
    "reinstate": reinstate,
}  # fmt: skip
