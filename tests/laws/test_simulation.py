"""Random commands of every verb against a model written apart, with faults at every statement.

`make laws` plays 100,000 commands, `make laws N=1000000 SEED=7` a million; the suite a shard of 30,000. A
failure prints the seed and the number that replay it exactly: `make laws N=5000 SEED=<that seed>`.
"""

import ast
import os
from pathlib import Path

import pytest

from tests.database import OwnDatabase, Server, connected_to
from tests.laws.simulator.play import play

COMMANDS = int(os.environ.get("N") or 30_000)
SEED = int(os.environ.get("SEED") or 1)
GAME = 5_000
ORACLE = Path(__file__).parent / "simulator" / "oracle"


@pytest.mark.parametrize("seed", range(SEED, SEED + -(-COMMANDS // GAME)))
def test_random_commands_with_faults_keep_every_law(own_database: OwnDatabase, seed: int) -> None:
    game = play(own_database, seed, min(GAME, COMMANDS))
    print(
        f"seed {seed}: {game.commands} commands in {game.seconds:.1f} s,"
        f" {sum(game.faults.values())} answers lost, {len(game.outcomes)} kinds of answers"
    )
    assert sum(game.faults.values()) > 10


def test_a_seed_replays_exactly(server: Server, worker_id: str, django_db_setup, django_db_blocker) -> None:
    marks = []
    for turn in range(2):
        name = f"giftwell_{worker_id}_replay_{turn}"
        server.clone(name)
        with django_db_blocker.unblock(), connected_to(server, name) as database:
            marks.append(play(database, SEED, 600).mark)
        server.drop(name)
    assert marks[0] == marks[1]


@pytest.mark.parametrize("path", sorted(ORACLE.glob("*.py")), ids=lambda path: path.name)
def test_the_oracle_knows_nothing_of_what_it_judges(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
        elif isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    assert [name for name in imported if name.startswith(("giftwell", "django", "psycopg"))] == []
