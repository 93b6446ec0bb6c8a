"""The demo's passwords and keys, kept in one file of the data folder that its owner alone may read.

The database holds them hashed, so a repeated `demo` could not print them otherwise. Nothing but the demo
reads the file.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from giftwell.kit.errors import Unavailable


class DemoFileIsBroken(Unavailable):
    """The file is there, but is not what the demo wrote."""

    code = "demo_file_is_broken"
    detail = "demo.json in DATA_DIR cannot be read. Restore it, or begin with an empty DATA_DIR."


class DemoSecrets:
    """Words by name, each made once. `keep` writes them all, whole or not at all."""

    def __init__(self, path: Path, words: dict[str, str]) -> None:
        self._path = path
        self._words = words

    def get(self, name: str) -> str | None:
        """What is kept under this name."""
        return self._words.get(name)

    def keep(self, name: str, word: str) -> str:
        """Keep a word, on disk before this returns, and give it back."""
        self._words[name] = word
        draft = self._path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(self._words, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        return word


@contextmanager
def demo_secrets() -> Iterator[DemoSecrets]:
    """The demo's secrets, for one builder at a time: a second waits until the first is done."""
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "demo.json"
    with (folder / "demo.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield DemoSecrets(path, _read(path))


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        words = json.loads(path.read_text())
    except ValueError as error:
        raise DemoFileIsBroken from error
    if not isinstance(words, dict):
        raise DemoFileIsBroken
    return {str(name): str(word) for name, word in words.items()}
