"""docs/map.md is the picture of the house, and every app is on it."""

import re

import pytest

from tests.architecture.source import ROOT, apps


@pytest.mark.parametrize("app", apps())
def test_every_app_is_on_the_map(app: str) -> None:
    text = (ROOT / "docs" / "map.md").read_text()
    assert re.search(rf"^\| `{re.escape(app)}` \|", text, re.MULTILINE), f"docs/map.md has no line for {app}"


def test_the_map_names_no_app_that_is_not_there() -> None:
    text = (ROOT / "docs" / "map.md").read_text()
    named = set(re.findall(r"^\| `([a-z]+\.[a-z]+)` \|", text, re.MULTILINE))
    assert named == set(apps())


def test_the_floors_hold() -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
