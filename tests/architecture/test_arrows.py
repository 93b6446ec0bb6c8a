"""The arrows inside the domain are a list, and nothing else may point anywhere: imports, keys, look-ups or
SQL.
"""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps as registry

from tests.architecture.source import SOURCE, imports, modules, tree

ARROWS: dict[str, set[str]] = {
    "ledger": set(),
    "catalog": {"ledger"},
    "cards": {"ledger", "catalog"},
    "bulk": {"cards", "catalog", "ledger"},
    "payments": {"ledger"},
    "redemption": {"cards", "catalog", "ledger"},
    "delivery": {"cards"},
    "orders": {"catalog", "cards", "payments", "delivery", "ledger"},
    "reports": {"ledger", "catalog", "cards", "payments", "redemption", "delivery", "orders"},
}
_FOUNDATION_TABLES = ("tenancy", "audit", "events", "idempotency", "messaging", "identity", "public")


def _app_of(path: Path) -> tuple[str, str]:
    storey, app = path.relative_to(SOURCE).parts[:2]
    return storey, app


def _domain_files(suffix: str) -> list[Path]:
    return sorted((SOURCE / "domain").rglob(f"*{suffix}"))


def test_every_domain_app_is_on_the_list() -> None:
    folders = {path.parent.name for path in (SOURCE / "domain").glob("*/__init__.py")}
    assert folders == set(ARROWS)


@pytest.mark.parametrize("app", sorted(ARROWS))
def test_an_app_imports_only_along_its_arrows(app: str) -> None:
    wrong = []
    for path in (SOURCE / "domain" / app).rglob("*.py"):
        for name in imports(path):
            parts = name.split(".")
            if parts[:2] == ["giftwell", "domain"] and len(parts) > 2 and parts[2] not in {app, *ARROWS[app]}:
                wrong.append(f"{path.relative_to(SOURCE)} imports {name}")
    assert not wrong


def test_a_model_points_only_along_the_arrows() -> None:
    wrong = []
    for model in registry.get_models():
        if not model.__module__.startswith("giftwell.domain."):
            continue
        app = model._meta.app_label
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not field.concrete or target is None or not target.__module__.startswith("giftwell.domain."):
                continue
            if target._meta.app_label not in {app, *ARROWS[app]}:
                wrong.append(f"{model.__name__}.{field.name} → {target.__name__}")
            if field.remote_field and target._meta.app_label != app and not field.remote_field.hidden:
                wrong.append(f"{model.__name__}.{field.name}: across apps related_name is '+'")
    assert not wrong


def test_nobody_looks_a_model_up_by_name() -> None:
    wrong = [
        str(path.relative_to(SOURCE))
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "get_model"
    ]
    assert not wrong


@pytest.mark.parametrize("path", _domain_files(".sql"), ids=lambda path: path.name)
def test_a_sql_file_says_what_it_reads_and_keeps_to_its_arrows(path: Path) -> None:
    _, app = _app_of(path)
    text = path.read_text()
    first = text.splitlines()[0]
    assert first.startswith("-- reads:"), "the first line names the tables it reads"
    said = set(re.findall(r"[a-z_]+", first.removeprefix("-- reads:")))
    own_words = re.sub(r"--[^\n]*", "", text)
    tables = {model._meta.db_table for model in registry.get_models()}
    found = {table for table in tables if re.search(rf"\b{table}\b", own_words)}
    assert found <= said, f"reads {found - said} without saying so"
    owners = {table.split("_")[0] for table in found}
    assert owners <= {app, *ARROWS[app], *_FOUNDATION_TABLES}
