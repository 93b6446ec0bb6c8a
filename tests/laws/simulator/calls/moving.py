"""Value from card to card, through its verbs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from giftwell.domain.cards.load_card import load_card
from giftwell.domain.cards.merge_cards import merge_cards
from giftwell.domain.cards.replace_card import replace_card
from giftwell.domain.cards.split_card import split_card
from giftwell.domain.cards.transfer_value import transfer_value
from giftwell.kit.money import Money
from tests.laws.simulator.calls.told import Told, told_by
from tests.laws.simulator.oracle.facts import Command
from tests.laws.simulator.world import ACTOR, World


def _common(world: World, command: Command, at: datetime) -> dict[str, Any]:
    return {
        "merchant_id": world.grounds[command.merchant].id, "key": command.key, "actor": ACTOR, "now": at,
    }  # fmt: skip


def _told(moved: Any, *ids: Any) -> Told:
    figures = (moved.amount, moved.source_balance, moved.target_balance)
    outcome = "replayed" if moved.is_replay else "done"
    return Told(outcome, *(money.amount_minor for money in figures), ids=ids)


def transfer(world: World, command: Command, at: datetime) -> Told:
    """Part of one card onto another."""

    def ask() -> Told:
        fields = command.fields
        moved = transfer_value(
            source_id=world.id_of("card", fields["from"]), target_id=world.id_of("card", fields["to"]),
            amount=Money(fields["amount_minor"], fields["currency"]), **_common(world, command, at),
        )  # fmt: skip
        return _told(moved)

    return told_by(ask)


def merge(world: World, command: Command, at: datetime) -> Told:
    """All of one card onto another."""

    def ask() -> Told:
        return _told(
            merge_cards(
                source_id=world.id_of("card", command.fields["from"]),
                target_id=world.id_of("card", command.fields["to"]), **_common(world, command, at),
            )
        )  # fmt: skip

    return told_by(ask)


def replace(world: World, command: Command, at: datetime) -> Told:
    """A lost card."""

    def ask() -> Told:
        moved = replace_card(
            card_id=world.id_of("card", command.fields["card"]), **_common(world, command, at)
        )
        return _told(moved, moved.target_id)

    return told_by(ask)


def split(world: World, command: Command, at: datetime) -> Told:
    """A card in parts."""

    def ask() -> Told:
        found = split_card(
            card_id=world.id_of("card", command.fields["card"]),
            amounts_minor=command.fields["amounts_minor"], **_common(world, command, at),
        )  # fmt: skip
        ids = tuple(part.card.id for part in found.parts)
        return Told("replayed" if found.is_replay else "done", None, found.left.amount_minor, ids=ids)

    return told_by(ask)


def load(world: World, command: Command, at: datetime) -> Told:
    """More onto a card."""

    def ask() -> Told:
        fields = command.fields
        found = load_card(
            card_id=world.id_of("card", fields["card"]),
            amount=Money(fields["amount_minor"], fields["currency"]), **_common(world, command, at),
        )  # fmt: skip
        return Told(
            "replayed" if found.is_replay else "done", found.amount.amount_minor, found.balance.amount_minor
        )

    return told_by(ask)


CALLS: dict[str, Callable[[World, Command, datetime], Told]] = {
    "transfer": transfer, "merge": merge, "replace": replace, "split": split, "load": load,
}  # fmt: skip
