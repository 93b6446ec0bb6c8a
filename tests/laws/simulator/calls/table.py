"""Every call, by the name of its verb. A new file of calls is added to the list here."""

from collections.abc import Callable
from datetime import datetime

from tests.laws.simulator.calls import giving, jobs, life, moving, orders, spending
from tests.laws.simulator.calls.told import Told
from tests.laws.simulator.oracle.facts import Command
from tests.laws.simulator.world import World

Call = Callable[[World, Command, datetime], Told]
CALLS: dict[str, Call] = {}
for theme in (spending, life, moving, giving, orders, jobs):
    CALLS |= theme.CALLS
