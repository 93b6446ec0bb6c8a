"""The bench writes its cards in bulk: they must fit the tables as they are, and break no law."""

import json
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_FILL = """
import json
from bench.__main__ import breaches
from bench.ground import filled_ground

with filled_ground(merchants=2, cards=6) as ground:
    cards = json.loads(ground.cards_file.read_text())
    print(json.dumps({"cards": len(cards), "breaches": breaches()}))
"""


def test_the_benchs_ground_can_be_filled_and_its_books_balance() -> None:
    # A process of its own: the ground brings its own servers and settings.
    done = subprocess.run(
        [sys.executable, "-c", _FILL], cwd=_ROOT, capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {"cards": 6, "breaches": []}
