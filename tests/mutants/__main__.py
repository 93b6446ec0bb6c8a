"""`make mutants`: some of all small changes of the money code, drawn by a seed, each against tests near it.

The changes are made in a copy of the tree. SQL functions are put into the database that the tests clone: one
server serves all mutants. `_TESTS` says which tests have to notice a change; one over its time is no kill.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg
from psycopg import sql

from giftwell.config.environment import ROOT
from giftwell.config.migrate import LEDGER, OWNER, app_of, function_files
from tests.database import TEMPLATE, Server
from tests.mutants.changes import Mutant, drawn

_SECONDS = 240
_SOURCE = Path("src/giftwell")
_TESTS = {
    "kit": ["tests/kit"],
    "foundation/idempotency": ["tests/foundation/idempotency"],
    "domain/ledger": ["tests/domain/ledger", "tests/domain/bulk", "tests/laws/test_random_commands.py"],
    "domain/redemption": ["tests/domain/redemption", "tests/laws/test_random_commands.py"],
    "domain/cards": ["tests/domain/cards", "tests/laws/test_two_persons.py"],
}


def main() -> int:
    """Try the mutants that the command line asks for; 1 where one survived."""
    asked = _asked()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giftwell.config.settings")
    django.setup()
    server = Server()
    server.start()
    fates: dict[str, Counter[str]] = defaultdict(Counter)
    try:
        with _copy_of_the_tree() as tree:
            for area in asked.areas:
                _green(tree, area)
                for mutant in drawn(_files(area, asked.kind), asked.count, asked.seed):
                    if time.monotonic() > asked.until:
                        break
                    fate = _fate(server, tree, area, mutant)
                    fates[area][fate] += 1
                    print(f"{fate}: {mutant.told(mutant.path.read_text())}", flush=True)
    finally:
        server.stop()
    for area, counted in fates.items():
        print(area, dict(counted))
    return int(any(counted["survived"] for counted in fates.values()))


def _asked() -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    words.add_argument("areas", nargs="*", default=list(_TESTS), help=", ".join(_TESTS))
    words.add_argument("--kind", choices=("py", "sql"), help="only this language")
    words.add_argument("--count", type=int, default=0, help="of each area; 0: all there are")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--minutes", type=float, default=600.0, help="begin none after so long")
    asked = words.parse_args()
    asked.until = time.monotonic() + asked.minutes * 60
    return asked


def _files(area: str, kind: str | None) -> list[Path]:
    """The code of an area. Tables are declared in models and made by migrations: no test reads the first."""
    found = sorted(path for path in (_SOURCE / area).rglob("*") if path.suffix in (".py", ".sql"))
    kept = [path for path in found if not {"migrations", "models", "models.py"} & set(path.parts)]
    return [path for path in kept if kind in (None, path.suffix[1:])]


@contextmanager
def _copy_of_the_tree() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="giftwell-mutants-") as name:
        tree = Path(name)
        for part in ("src", "tests", "bench", "docs", "pyproject.toml", "Makefile", "README.md"):
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, tree / part)
        yield tree


def _green(tree: Path, area: str) -> None:
    """Without a change the tests are green, or no red one says anything."""
    if verdict := _tested(tree, area):
        raise SystemExit(f"{area}: the tests fail without a change (pytest: {verdict}).")


def _fate(server: Server, tree: Path, area: str, mutant: Mutant) -> str:
    """What becomes of it: killed, survived, late, or broken where PostgreSQL does not take the text."""
    changed, source = tree / mutant.path, mutant.path.read_text()
    changed.write_text(mutant.text(source))
    try:
        _install(server, mutant.path, mutant.text(source))
        verdict = _tested(tree, area)
    except psycopg.Error:
        return "broken"
    finally:
        changed.write_text(source)
        _install(server, mutant.path, source)
    return {None: "late", 0: "survived"}.get(verdict, "killed")


def _install(server: Server, path: Path, text: str) -> None:
    """Put these functions into the database that tests clone."""
    if (ROOT / path) not in function_files():
        return
    owner = LEDGER if app_of(ROOT / path) == "ledger" else OWNER
    with server.administrator(TEMPLATE) as admin, admin.transaction():
        admin.execute(sql.SQL("set local role {}").format(sql.Identifier(owner)))
        admin.execute(text.encode())


def _tested(tree: Path, area: str) -> int | None:
    """The exit code of pytest over the tests of the area; none where it did not end in its time."""
    environment = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", *_TESTS[area]],
            cwd=tree, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=_SECONDS, check=False,
        ).returncode  # fmt: skip
    except subprocess.TimeoutExpired:
        return None


if __name__ == "__main__":
    sys.exit(main())
