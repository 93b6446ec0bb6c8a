"""What the bench measures on.

Its own servers in a folder that is thrown away, and a shop street of paid cards.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.street import fill

_OURS = ("DATABASE_URL", "DATABASE_ADMIN_URL", "CACHE_URL", "DATA_DIR", "BASE_URL", "SECRET_KEY",
         "MASTER_KEYS", "LOOKUP_KEY", "SANDBOX_PROCESSOR_SECRET")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the filled database is, and the cards for the load generator.

    Pairs of a code and its key's secret.
    """

    admin_url: str
    sockets: str
    cards_file: Path
    scratch: Path


@contextmanager
def filled_ground(*, merchants: int, cards: int) -> Iterator[Ground]:
    """Servers with everything that protects money switched on, migrated and filled, while the block runs."""
    with bare_ground() as ground:
        ground.cards_file.write_text(json.dumps(fill(ground.admin_url, merchants, cards // merchants)))
        yield ground


@contextmanager
def bare_ground() -> Iterator[Ground]:
    """The same servers with an empty, migrated database, which Django's settings point at."""
    scratch = Path(tempfile.mkdtemp(prefix="giftwell-bench-"))
    scratch.chmod(0o755)
    before = {name: os.environ.pop(name, None) for name in _OURS}
    os.environ["DATA_DIR"] = str(scratch / "data")
    from giftwell.config import embedded
    from giftwell.config.environment import environment
    from giftwell.config.run import bring_up_to_date, servers_at_hand

    environment.cache_clear()
    try:
        with servers_at_hand():
            bring_up_to_date()
            sockets = str(embedded.socket_dir_of(scratch / "data"))
            yield Ground(os.environ["DATABASE_ADMIN_URL"], sockets, scratch / "cards.json", scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        os.environ.update({name: value for name, value in before.items() if value is not None})
