"""Value that is put right by hand, through its verbs."""

from datetime import datetime
from uuid import UUID

from giftwell.domain.cards.adjust_card import adjust_card
from giftwell.domain.cards.decide_adjustment import approve_adjustment, decline_adjustment
from giftwell.domain.cards.models import Adjustment
from giftwell.domain.redemption.unlinked_refund import unlinked_refund
from giftwell.kit.actor import Actor
from giftwell.kit.money import Money
from tests.laws.simulator.calls.told import Told, told_by
from tests.laws.simulator.oracle.facts import Command
from tests.laws.simulator.oracle.giving import PERSONS, person_of
from tests.laws.simulator.world import ACTOR, World

_PEOPLE = [Actor.person(UUID(int=number + 1)) for number in range(PERSONS)]


def unlinked(world: World, command: Command, at: datetime) -> Told:
    """Onto a card, for nothing that was redeemed."""

    def ask() -> Told:
        fields = command.fields
        by_code = fields["code"] is not None
        answer = unlinked_refund(
            merchant_id=world.grounds[command.merchant].id,
            code=world.code_of(fields["code"]) if by_code else None,
            card_id=None if by_code else world.id_of("card", fields["card"]),
            amount=Money(fields["amount_minor"], fields["currency"]),
            key=command.key, request_id="req", actor=ACTOR, now=at,
        )  # fmt: skip
        figures = (answer.amount, answer.balance, answer.available)
        return Told("replayed" if answer.replayed else "done", *(money.amount_minor for money in figures))

    return told_by(ask)


def adjust(world: World, command: Command, at: datetime) -> Told:
    """Correct a card, or ask for it."""

    def ask() -> Told:
        fields = command.fields
        found = adjust_card(
            merchant_id=world.grounds[command.merchant].id, card_id=world.id_of("card", fields["card"]),
            change=Money(fields["change_minor"], fields["currency"]), reason="a correction",
            source=Adjustment.Source(fields["source"]), key=command.key,
            actor=_PEOPLE[person_of(command.key)], now=at,
        )  # fmt: skip
        return Told("replayed" if found.is_replay else "done", ids=(found.adjustment.id,))

    return told_by(ask)


def approve(world: World, command: Command, at: datetime) -> Told:
    """The second person says yes."""
    return _decide(approve_adjustment, world, command, at)


def decline(world: World, command: Command, at: datetime) -> Told:
    """Somebody says no."""
    return _decide(decline_adjustment, world, command, at)


def _decide(verb: object, world: World, command: Command, at: datetime) -> Told:
    def ask() -> Told:
        verb(  # type: ignore[operator]
            merchant_id=world.grounds[command.merchant].id,
            adjustment_id=world.id_of("adj", command.fields["adjustment"]),
            source=Adjustment.Source(command.fields["source"]),
            actor=_PEOPLE[command.fields["by"]], now=at,
        )  # fmt: skip
        return Told("done")

    return told_by(ask)


CALLS = {"unlinked_refund": unlinked, "adjust": adjust, "approve": approve, "decline": decline}
