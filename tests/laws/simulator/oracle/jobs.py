"""The jobs that come by: they let go what is over and fold what is done, and change no figure."""

from datetime import datetime
from random import Random

from tests.laws.simulator.oracle.books import Books
from tests.laws.simulator.oracle.facts import Answer, Command, Verb


def _lapse(books: Books, _command: Command, at: datetime) -> Answer:
    return Answer("done", books.let_go(range(len(books.cards)), at))


def _roll(_books: Books, _command: Command, _at: datetime) -> Answer:
    return Answer("done")


def _ask_lapse(_dice: Random, _books: Books) -> Command:
    return Command("lapse", 0, {})


def _ask_roll(_dice: Random, _books: Books) -> Command:
    return Command("roll", 0, {})


VERBS = [Verb("lapse", 1, _ask_lapse, _lapse), Verb("roll", 1, _ask_roll, _roll)]
