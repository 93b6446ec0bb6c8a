"""Every address says who may come in, and every rule is one that something enforces."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from ninja.openapi.views import default_home
from ninja.operation import Operation, PathView

from giftwell.interfaces.common.access import KINDS, PLATFORM_ROLES, ROLES, SCOPES, AccessRule, Permission

# What an endpoint needs whose scope depends on what its body names; its view asks for it.
BY_BODY = "by body"


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, where)
        elif isinstance(pattern, URLPattern):
            yield where, pattern.callback


# The root of REST, which ninja needs to know its own address; it answers 404 to everyone.
ADDRESSES = [
    (where, view)
    for where, view in _walk(get_resolver().url_patterns)
    if getattr(view, "func", None) is not default_home
]


def rules_of(view: Any) -> list[AccessRule | None]:
    """The rules of a view: its own, or those of the operations of REST that share its address."""
    behind = inspect.getclosurevars(view).nonlocals.get("self") if inspect.isfunction(view) else None
    if isinstance(behind, PathView):
        return [_rule_of(operation) for operation in behind.operations]
    return [getattr(view, "access_rule", None)]


def _rule_of(operation: Operation) -> AccessRule | None:
    rule: AccessRule | None = getattr(operation.view_func, "access_rule", None)
    # A rule that says "api" is a word; the callback that asks for the key is what keeps it.
    if rule is not None and rule.kind == "api":
        assert operation.auth_callbacks, f"{operation.path} says it needs a key and asks for none"
    return rule


@pytest.mark.parametrize(("address", "view"), ADDRESSES, ids=[where for where, _ in ADDRESSES])
def test_every_address_has_an_access_rule(address: str, view: Any) -> None:
    for rule in rules_of(view):
        assert rule is not None, f"{address}: {view.__module__}.{view.__qualname__} has no rule"
        assert rule.kind in KINDS
        if rule.kind in {"merchant", "platform"}:
            assert rule.needs in set(Permission)
        if rule.kind == "api":
            assert rule.needs in {*SCOPES, BY_BODY}


def test_a_merchants_pages_are_found_by_slug_and_need_a_merchants_permission() -> None:
    for address, view in ADDRESSES:
        for rule in filter(None, rules_of(view)):
            if rule.kind == "merchant":
                assert "slug>" in address, address
                assert not rule.needs.startswith("platform."), address
            if rule.kind == "platform":
                assert rule.needs.startswith("platform."), address


def test_no_role_of_a_merchant_reaches_the_platform_and_the_reverse() -> None:
    for role, allowed in ROLES.items():
        kinds = {permission.startswith("platform.") for permission in allowed}
        assert kinds == {role in PLATFORM_ROLES}, role


def test_a_cashier_may_do_nothing_but_work_the_till() -> None:
    assert {permission.split(".")[0] for permission in ROLES["cashier"]} == {"till"}


def test_every_permission_is_held_by_somebody() -> None:
    assert frozenset().union(*ROLES.values()) == frozenset(Permission)
