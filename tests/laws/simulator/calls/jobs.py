"""What the worker does by the clock."""

from datetime import datetime

from giftwell.domain.ledger.lapse_holds import lapse_holds
from giftwell.domain.ledger.roll import roll
from giftwell.foundation.tenancy import scope
from tests.laws.simulator.calls.told import Told
from tests.laws.simulator.oracle.facts import Command
from tests.laws.simulator.world import World

MOST = 1_000_000


def lapse(_world: World, _command: Command, at: datetime) -> Told:
    """Let go of what is overdue."""
    with scope.platform():
        return Told("done", lapse_holds(now=at, at_most=MOST))


def fold(_world: World, _command: Command, _at: datetime) -> Told:
    """Fold what is behind the horizon."""
    with scope.platform():
        roll()
    return Told("done")


CALLS = {"lapse": lapse, "roll": fold}
