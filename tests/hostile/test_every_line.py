"""No line goes untried: each has a test with its mark, or a skip that says what will bring it."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from tests.hostile.lines import LINES

HERE = Path(__file__).parent


def _marks(node: ast.AST) -> set[str]:
    """The lines that a test's decorators name."""
    return {
        str(argument.value)
        for decorator in getattr(node, "decorator_list", [])
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.line"
        for argument in decorator.args
        if isinstance(argument, ast.Constant)
    }


def _tests() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for line in _marks(node):
                    found[line].append(f"{path.name}::{node.name}")
    return found


@pytest.mark.parametrize("line", LINES)
def test_every_line_is_tried(line: str) -> None:
    assert _tests().get(line), f"nothing tries {line}: {LINES[line]}"


def test_no_test_names_a_line_that_is_not_there() -> None:
    assert set(_tests()) <= set(LINES)


def test_every_test_here_names_its_line() -> None:
    nameless = [
        f"{path.name}::{node.name}"
        for path in sorted(HERE.glob("test_*.py"))
        if path.name != Path(__file__).name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not _marks(node)
    ]
    assert not nameless


def test_a_line_that_is_only_skipped_says_what_will_bring_it() -> None:
    """A skip is an announcement: it names the work that will make the test possible."""
    wordless = [
        f"{path.name}:{node.lineno}"
        for path in sorted(HERE.glob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "pytest.skip"
        and not (node.args and isinstance(node.args[0], ast.Constant) and "comes with" in node.args[0].value)
    ]
    assert not wordless
