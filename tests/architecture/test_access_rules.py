"""Every address says who may come in, and every rule is one that something enforces."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from giftwell.interfaces.common.access import KINDS, ROLES, SCOPES, AccessRule, Permission


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, where)
        elif isinstance(pattern, URLPattern):
            yield where, pattern.callback


ADDRESSES = list(_walk(get_resolver().url_patterns))


def _rules(view: Any) -> list[AccessRule]:
    """The rules of a view: its own, or those of the operations behind one address of REST."""
    own = getattr(view, "access_rule", None)
    return [own] if own is not None else list(getattr(view, "access_rules", []))


@pytest.mark.parametrize(("address", "view"), ADDRESSES, ids=[where for where, _ in ADDRESSES])
def test_every_address_has_an_access_rule(address: str, view: Any) -> None:
    rules = _rules(view)
    assert rules, f"{address} ({view.__module__}.{view.__qualname__}) has no access rule: see common/pages.py"
    for rule in rules:
        assert isinstance(rule, AccessRule)
        assert rule.kind in KINDS
        if rule.kind in {"merchant", "platform"}:
            assert rule.needs in set(Permission)
        if rule.kind == "api":
            assert set(rule.needs.split()) <= set(SCOPES)


def test_a_merchants_pages_are_found_by_slug_and_need_a_merchants_permission() -> None:
    for address, view in ADDRESSES:
        for rule in _rules(view):
            if rule.kind == "merchant":
                assert "slug>" in address, address
                assert not rule.needs.startswith("platform."), address
            if rule.kind == "platform":
                assert rule.needs.startswith("platform."), address


def test_no_role_of_a_merchant_reaches_the_platform_and_the_reverse() -> None:
    for role, allowed in ROLES.items():
        kinds = {permission.startswith("platform.") for permission in allowed}
        assert kinds == {role == "platform_admin"}, role


def test_a_cashier_may_do_nothing_but_work_the_till() -> None:
    assert {permission.split(".")[0] for permission in ROLES["cashier"]} == {"till"}


def test_every_permission_is_held_by_somebody() -> None:
    assert frozenset().union(*ROLES.values()) == frozenset(Permission)
