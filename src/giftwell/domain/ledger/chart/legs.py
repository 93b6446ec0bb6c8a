"""The legs of a posting: whatever is built of them balances."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Leg:
    """One amount in minor units from one account to another, both by id."""

    debit: int
    credit: int
    amount_minor: int


Legs = tuple[Leg, ...]


def legs(*parts: tuple[int, int, int]) -> Legs:
    """Legs of (debit, credit, amount); those of zero are left out."""
    return tuple(Leg(debit, credit, amount) for debit, credit, amount in parts if amount != 0)


def mirror(whole: Legs) -> Legs:
    """The exact opposite of a posting's legs."""
    return tuple(Leg(leg.credit, leg.debit, leg.amount_minor) for leg in whole)
