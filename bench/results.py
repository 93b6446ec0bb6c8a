"""Where measured figures are kept: `bench/results.json`, one entry a measurement.

Each measurement is a module of its own (`python -m bench`, `python -m bench.NAME`); whatever one of them
measured replaces its own entries and leaves the others' alone.
"""

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results.json"


def keep(name: str, figures: dict[str, Any]) -> None:
    """Write one measurement's figures under its name; the other entries stay as they are.

    `figures` is plain JSON; a comparison has `value`, `yardstick`, `ratio`, `low`, `high` and `unit`.
    """
    kept = {**load(), name: figures}
    # Written beside it and put in its place, so that a measurement cut short leaves a whole file.
    fresh = RESULTS.with_suffix(".fresh")
    fresh.write_text(json.dumps(kept, indent=2) + "\n")
    fresh.replace(RESULTS)


def load() -> dict[str, Any]:
    """All that is kept; nothing yet in a new checkout."""
    found: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return found
