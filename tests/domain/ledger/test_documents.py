"""The pages about money name every account and every posting that the code knows, and no other."""

import re
from pathlib import Path

from giftwell.domain.ledger.chart import GUARDED, AccountKind, PostingKind

_DOCS = Path(__file__).resolve().parents[3] / "docs" / "domain"


def test_every_account_is_on_the_chart() -> None:
    rows = re.findall(r"^\| `([a-z_]+)(?::<gateway>)?` \| \w+ \| [^|]+ \| (yes)? ?\|", _chart(), re.MULTILINE)
    assert {name for name, _ in rows} == {*AccountKind, "processor"}
    assert {name for name, guarded in rows if guarded} == set(GUARDED)


def test_every_posting_is_told() -> None:
    text = (_DOCS / "money-flows.md").read_text()
    assert {kind for kind in PostingKind if f"`{kind}`" not in text} == set()


def _chart() -> str:
    return (_DOCS / "chart-of-accounts.md").read_text()
