"""Habits that keep money and tenants safe, as rules of the build."""

import ast
import re
from pathlib import Path

from tests.architecture.source import SOURCE, imports, modules, name_of, tree

_WALL_CLOCK = {"datetime.datetime.now", "time.time", "django.utils.timezone", "django.utils.timezone.now"}


def _below_the_interfaces() -> list[Path]:
    return [path for path in modules() if path.relative_to(SOURCE).parts[0] in {"domain", "foundation"}]


def _is_models(path: Path) -> bool:
    return path.name == "models.py" or "models" in path.relative_to(SOURCE).parts


def test_transactions_are_opened_in_tenancy_alone() -> None:
    wrong = [
        str(path.relative_to(SOURCE))
        for path in modules()
        if "tenancy" not in path.parts
        and any(name in {"django.db.transaction", "django.db.transaction.atomic"} for name in imports(path))
    ]
    assert not wrong


def test_the_business_never_reads_the_wall_clock() -> None:
    wrong = []
    for path in _below_the_interfaces():
        if _is_models(path):
            continue
        names = set(imports(path))
        if names & (_WALL_CLOCK | {"giftwell.kit.clock.now", "giftwell.kit.clock"}):
            wrong.append(f"{path.relative_to(SOURCE)} imports a clock")
        wrong += [
            f"{path.relative_to(SOURCE)} calls {ast.unparse(node.func)}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call)
            and ast.unparse(node.func) in {"datetime.now", "datetime.utcnow", "date.today", "time.time"}
        ]
    assert not wrong


def test_the_business_knows_no_request_page_or_status() -> None:
    wrong = [
        f"{path.relative_to(SOURCE)} imports {name}"
        for path in _below_the_interfaces()
        for name in imports(path)
        if name.startswith(("django.http", "django.shortcuts", "django.views", "django.urls", "ninja"))
    ]
    assert not wrong


def test_sql_is_never_built_from_values() -> None:
    wrong = []
    for path in modules():
        if name_of(path).startswith(("giftwell.config", "giftwell.foundation.tenancy")):
            continue
        wrong += [
            f"{path.relative_to(SOURCE)}:{node.lineno}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"execute", "executemany", "fetch", "fetchrow", "raw"}
            and node.args
            and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
        ]
    assert not wrong


def test_the_point_of_sale_executes_only_what_redemption_and_identity_publish() -> None:
    published = set()
    for app in ("domain/redemption", "foundation/identity"):
        for path in (SOURCE / app).rglob("*.sql"):
            published |= set(re.findall(r"grant execute on function\s+([a-z_.]+)", path.read_text()))
            for group in re.findall(r"grant execute on function(.*?)\bto\b", path.read_text(), re.DOTALL):
                published |= set(re.findall(r"([a-z_]+\.[a-z_]+)\s*\(", group))
    called, tables = set(), set()
    for path in (SOURCE / "interfaces" / "pos").rglob("*.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                sql = node.value.lower()
                if re.match(r"\s*(select|insert|update|delete|call|with)\s", sql):
                    called |= set(re.findall(r"([a-z_]+\.[a-z_]+)\s*\(", sql))
                    tables |= set(
                        re.findall(r"(?:from|join|into|update)\s+([a-z_]+_[a-z_]+)\b(?!\s*\()", sql)
                    )
    assert called, "the test must find what the route executes"
    assert called <= published
    assert not tables


def test_money_is_never_a_float() -> None:
    wrong = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in modules()
        if path.relative_to(SOURCE).parts[0] in {"kit", "domain"} and path.name != "colours.py"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
    ]
    assert not wrong
