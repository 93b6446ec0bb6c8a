"""The columns of a file, and the templates to fill in. Pure.

A file has a first row of names, in any order and any case. What is unknown is refused rather than ignored: a
column that somebody thought would count, and did not, is found out too late.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from giftwell.domain.bulk.refusals import FileIsUnreadable


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, whether each row needs it, what stands in it, and a sample."""

    name: str
    is_needed: bool
    says: str
    sample: str


VALUE = Column("value", True, "what the card holds, such as 25 or 25.00", "25.00")
BALANCE = Column("balance", True, "what is left on the card, such as 12.50", "12.50")
CODE = Column("code", True, "8 to 40 letters and digits; spaces and dashes do not count", "OLD-4711-0001")
CURRENCY = Column("currency", False, "such as EUR; the program's own", "EUR")
EXPIRES = Column(
    "expires", False, "the last day, as 2027-12-31; left empty, as the program says", "2031-12-31"
)
REFERENCE = Column("reference", False, "up to 64 signs of your own, given back with the code", "Staff 2026")
STATUS = Column("status", False, "active; cards that are used up or blocked are left out", "active")

ISSUE = (VALUE, CURRENCY, EXPIRES, REFERENCE)
IMPORT = (CODE, BALANCE, CURRENCY, EXPIRES, REFERENCE, STATUS)
# The same amounts in the currency's minor unit, for files that a program wrote.
_IN_MINOR_UNITS = {"value_minor": "value", "balance_minor": "balance"}
_MOST_COLUMNS = 30


@dataclass(frozen=True, slots=True)
class Heading:
    """Where each column stands in a row. `is_minor` says that amounts are in the minor unit."""

    places: dict[str, int]
    is_minor: bool

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        """The row's texts by column; what is missing at its end is empty."""
        return {name: row[at].strip() if at < len(row) else "" for name, at in self.places.items()}


def heading_of(names: Sequence[str], columns: Sequence[Column]) -> Heading:
    """Read the first row. Raises `FileIsUnreadable` for a missing, doubled or unknown column."""
    given = [name.strip().lower() for name in names]
    while given and not given[-1]:
        given.pop()
    if not given:
        raise FileIsUnreadable("The first row is empty. It must name the columns, as the template does.")
    if len(given) > _MOST_COLUMNS:
        raise FileIsUnreadable(f"The first row names {len(given)} columns. Keep those of the template.")
    meant = [_IN_MINOR_UNITS.get(name, name) for name in given]
    doubled = sorted({name for name in meant if meant.count(name) > 1})
    if doubled:
        raise FileIsUnreadable(f"The first row names {_listed(doubled)} twice. Keep one of them.")
    known = {column.name for column in columns}
    unknown = [name for name in meant if name not in known]
    if unknown:
        raise FileIsUnreadable(
            f"The first row has a column that is not known here: {_listed(unknown)}."
            f" Known are {_listed(sorted(known))}."
        )
    missing = [column.name for column in columns if column.is_needed and column.name not in meant]
    if missing:
        raise FileIsUnreadable(f"The first row does not name {_listed(missing)}. It must name the columns.")
    return Heading(
        {name: at for at, name in enumerate(meant)}, any(name in _IN_MINOR_UNITS for name in given)
    )


def template(columns: Sequence[Column]) -> str:
    """A CSV file with the names of the columns and one sample row."""
    names = ",".join(column.name for column in columns)
    return f"{names}\r\n{','.join(column.sample for column in columns)}\r\n"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name[:30] if name.isprintable() else "?" for name in names[:8]) or "nothing"
