"""Files and functions stay small enough to be read in one sitting. The allow-lists may only shrink."""

import ast

from tests.architecture.source import SOURCE, modules, tree

FILE_LINES, FUNCTION_LINES, LINE = 300, 70, 110
LONG_FILES: frozenset[str] = frozenset()
LONG_FUNCTIONS: frozenset[str] = frozenset()
_KINDS = {"services.py", "utils.py", "helpers.py", "managers.py", "signals.py", "misc.py", "common.py"}


def test_no_file_is_too_long() -> None:
    paths = [
        *modules(),
        *SOURCE.rglob("*.sql"),
        *SOURCE.rglob("*.html"),
        *SOURCE.rglob("templates/**/*.mjml"),
    ]
    long = {
        str(path.relative_to(SOURCE)) for path in paths if len(path.read_text().splitlines()) > FILE_LINES
    }
    assert long == LONG_FILES


def test_no_function_is_too_long() -> None:
    long = {
        f"{path.relative_to(SOURCE)}:{node.name}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES
    }
    assert long == LONG_FUNCTIONS


def test_no_file_is_named_by_kind() -> None:
    assert not [str(path.relative_to(SOURCE)) for path in modules() if path.name in _KINDS]


def test_every_module_says_what_lives_in_it() -> None:
    assert not [str(path.relative_to(SOURCE)) for path in modules() if not ast.get_docstring(tree(path))]
