"""The small changes a reader could overlook: one token of Python or of SQL, written another way."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# What is no code: comments, texts (docstrings too), and what only declares.
_SILENT = {
    ".py": re.compile(
        r'"""(?s:.*?)"""|#.*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^(?:from|import|@dataclass).*'
        r"|\bfor [\w, ()]+ in\b",
        re.MULTILINE,
    ),
    ".sql": re.compile(
        r"--.*|'(?:''|[^'])*'|^(?:grant|revoke|alter|create or replace|set|language) .*"
        r"|\bset (?:search_path|plan_cache_mode|enable_\w+) = [\w, ]+",
        re.MULTILINE,
    ),
}
_OTHER = {
    ".py": {
        "==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "+": "-", "-": "+", "*": "+",
        "//": "*", "and": "or", "or": "and", "not": "", "is": "is not", "in": "not in", "True": "False",
        "False": "True", "min": "max", "max": "min", "+=": "-=", "-=": "+=",
    },
    ".sql": {
        "=": "<>", "<>": "=", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "+": "-", "-": "+", "*": "+",
        "and": "or", "or": "and", "is null": "is not null", "is not null": "is null",
        "not exists": "exists", "exists": "not exists", "true": "false", "false": "true",
        "least": "greatest", "greatest": "least", "left join": "join", "sum": "max", "min": "max",
        "max": "min", "asc": "desc", "desc": "asc",
    },
}  # fmt: skip
_TOKEN = {
    ".py": re.compile(
        r"(?<=\s)(?:==|!=|<=|>=|<|>|\+=|-=|\+|-|\*|//)(?=\s)"
        r"|\b(?:and|or|True|False|min|max)\b|\bnot\s(?!in\b)|(?<=\s)(?:is|in)(?=\s(?!not\b))|(?<![\w.])\d+(?![\w.])"
    ),
    ".sql": re.compile(
        r"(?<=\s)(?:<>|<=|>=|=|<|>|\+|-|\*)(?=\s)|\bis not null\b|\bis null\b|\bnot exists\b|\bexists\b"
        r"|\bleft join\b|\b(?:and|or|true|false|least|greatest|sum|min|max|asc|desc)\b"
        r"|(?<![\w.$\[(])\d+(?![\w.\])])"
    ),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file."""

    path: Path
    start: int
    old: str
    new: str

    def text(self, source: str) -> str:
        """The file with the change in it."""
        return source[: self.start] + self.new + source[self.start + len(self.old) :]

    def told(self, source: str) -> str:
        """Where it is, and what it says instead."""
        line = source.count("\n", 0, self.start)
        text = source.splitlines()[line].strip()
        return f"{self.path}:{line + 1}: {self.old.strip()} → {self.new or 'nothing'} in: {text}"


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every change of this file, in the order of its lines."""
    source, kind = path.read_text(), path.suffix
    code = _SILENT[kind].sub(lambda found: re.sub(r"[^\n]", "\x00", found.group()), source)
    for found in _TOKEN[kind].finditer(code):
        old = found.group()
        new = str(int(old) + 1) if old.isdigit() else _OTHER[kind][old.strip()]
        yield Mutant(path, found.start(), old, new)


def drawn(files: list[Path], count: int, seed: int) -> list[Mutant]:
    """So many of all changes of these files, the same ones for a seed; all of them where `count` is 0."""
    found = [mutant for path in files for mutant in mutants_of(path)]
    random.Random(seed).shuffle(found)
    return found[: count or None]
