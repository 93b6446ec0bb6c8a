"""docs/readiness.md names only what is there, and says where a thing that is called done is shown."""

import re

from tests.architecture.source import ROOT

_ROW = re.compile(r"^\| (\d+) \| (.+?) \| (done|partly|open) \| (.*?) \| (.*?) \|$", re.MULTILINE)


def _rows() -> list[tuple[str, str, str, str, str]]:
    return _ROW.findall((ROOT / "docs" / "readiness.md").read_text())


def test_every_box_of_the_plan_has_a_row() -> None:
    assert [int(row[0]) for row in _rows()] == list(range(1, 308))


def test_every_place_exists() -> None:
    missing = {
        f"{number}: {place}"
        for number, _, _, where, shown in _rows()
        for place in re.findall(r"`([^`]+)`", f"{where} {shown}")
        if not (ROOT / place).exists()
    }
    assert not missing


def test_what_is_done_says_where_and_what_shows_it() -> None:
    bare = [number for number, _, state, where, shown in _rows() if state != "open" and not (where and shown)]
    assert not bare
