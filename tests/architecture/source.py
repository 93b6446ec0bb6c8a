"""The source as data, for tests that read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "giftwell"


@cache
def modules() -> tuple[Path, ...]:
    """Every Python file of the product, migrations left out."""
    return tuple(sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts))


@cache
def tree(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text())


def name_of(path: Path) -> str:
    """The dotted name of a file's module."""
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Every dotted name a file imports; of `from a import b`, both `a` and `a.b`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def apps() -> list[str]:
    """Every app as `storey.app`, such as `domain.cards`."""
    storeys = ("foundation", "domain", "interfaces")
    return sorted(
        f"{storey}.{folder.name}"
        for storey in storeys
        for folder in (SOURCE / storey).iterdir()
        if (folder / "__init__.py").exists()
    )
