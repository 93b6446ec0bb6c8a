"""How clients choose: mostly what works, sometimes what should not."""

from random import Random

from tests.laws.simulator.oracle.books import Books

UNKNOWN = -1
_AMOUNTS = (1, 2, 3, 33, 100, 250, 333, 700, 1_000, 2_500)
_ABSURD = (0, -1, -(2**63), 10**12, 2**63 - 1, 999_999_999_999)


def some_merchant(dice: Random, books: Books) -> int:
    """A merchant."""
    return dice.randrange(len(books.merchants))


def some_key(dice: Random, books: Books) -> str:
    """A fresh key, now and then one of a few that everybody uses, and rarely none."""
    roll = dice.random()
    if roll < 0.06:
        return f"shared-{dice.randrange(200)}"
    if roll < 0.065:
        return ""
    return f"k{dice.getrandbits(48):012x}"


def some_amount(dice: Random) -> int:
    """Minor units: mostly small, sometimes absurd."""
    if dice.random() < 0.04:
        return dice.choice(_ABSURD)
    return dice.choice(_AMOUNTS) if dice.random() < 0.5 else dice.randint(1, 900)


def some_currency(dice: Random, books: Books, merchant: int) -> str:
    """The merchant's, or now and then another."""
    return "USD" if dice.random() < 0.02 else books.merchants[merchant].currency


def known(dice: Random, books: Books, kind: str, merchant: int) -> int | None:
    """Something that a client knows of; the newest a little more often; None while there is nothing."""
    numbers = books.known.get((kind, merchant))
    if not numbers:
        return None
    newest = numbers[-12:] if dice.random() < 0.5 else numbers
    return dice.choice(newest)


def target(dice: Random, books: Books, kind: str, merchant: int) -> int:
    """The merchant's own, now and then another merchant's or nobody's."""
    roll = dice.random()
    if roll < 0.02:
        return UNKNOWN
    owner = some_merchant(dice, books) if roll < 0.05 else merchant
    found = known(dice, books, kind, owner)
    return UNKNOWN if found is None else found
