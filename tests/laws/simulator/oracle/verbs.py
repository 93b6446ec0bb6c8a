"""Every verb of the model, by name. A new file of verbs is added to the list here."""

from tests.laws.simulator.oracle import giving, jobs, life, moving, orders, spending, undoing
from tests.laws.simulator.oracle.facts import Verb

VERBS: dict[str, Verb] = {
    verb.name: verb
    for theme in (spending, undoing, life, moving, giving, orders, jobs)
    for verb in theme.VERBS
}
