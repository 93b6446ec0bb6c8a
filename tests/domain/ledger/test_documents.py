"""The pages about money name every account, posting and law that the code knows, and no other."""

import re
from pathlib import Path

from giftwell.domain.ledger.chart import GUARDED, AccountKind, PostingKind
from giftwell.domain.ledger.verify import laws

_DOCS = Path(__file__).resolve().parents[3] / "docs" / "domain"


def test_every_account_is_on_the_chart() -> None:
    rows = re.findall(r"^\| `([a-z_]+)(?::<gateway>)?` \| \w+ \| [^|]+ \| (yes)? ?\|", _chart(), re.MULTILINE)
    assert {name for name, _ in rows} == {*AccountKind, "processor"}
    assert {name for name, guarded in rows if guarded} == set(GUARDED)


def test_every_posting_is_told() -> None:
    text = (_DOCS / "money-flows.md").read_text()
    assert {kind for kind in PostingKind if f"`{kind}`" not in text} == set()


def test_every_law_is_told_and_who_asks_it() -> None:
    text = (_DOCS / "laws.md").read_text()
    rows = re.findall(r"^\| (\d+) \| [^|]+ \| [^|]+ \| ([^|]+) \|$", text, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 15))
    assert {int(number) for number, by in rows if by.startswith("`verify`")} == {law.number for law in laws()}


def _chart() -> str:
    return (_DOCS / "chart-of-accounts.md").read_text()
