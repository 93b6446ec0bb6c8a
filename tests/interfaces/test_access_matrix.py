"""The access matrix: every address of the platform, everybody who could ask, and what each is answered.

`access_matrix.csv` is the matrix as people read it. The test walks the URL map and the routes of the point of
sale, asks each as each caller, and compares: a new route has no row and fails, and so does one that answers
somebody differently. WRITE_ACCESS_MATRIX=new adds rows for new routes, =all writes the file anew, to be read
in review; the laws at the end hold whatever it says.

What stands behind a guard is not run: `in` means that the guard let the caller through.
"""

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from ninja.openapi.views import default_home

from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.identity.models import User
from giftwell.interfaces.api.app import api
from giftwell.interfaces.common import pages
from giftwell.interfaces.common.access import READ_SCOPES, ROLES, SCOPES, Permission
from giftwell.interfaces.pos import app as pos
from giftwell.kit.clock import now
from tests.architecture.test_access_rules import rules_of
from tests.database import OwnDatabase
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_api_key, make_member, make_person
from tests.interfaces.console.conftest import owner_of
from tests.interfaces.pos.tills import Till, at_the_till

FILE = Path(__file__).with_name("access_matrix.csv")
WRITES = os.environ.get("WRITE_ACCESS_MATRIX", "")
STAFF = ("cashier", "cashier elsewhere", "manager", "finance", "developer", "auditor", "owner")
KEYS = ("read key", "full key")
OUTSIDE = ("another owner", "support", "platform admin")
CALLERS = ("anonymous", "buyer", *STAFF, *OUTSIDE, *KEYS)
LET_IN = 299
TILL = [
    *pos._ROUTES, "batch", *(f"authorizations/auth_none/{verb}" for verb in pos._OF_ONE)
]  # fmt: skip
_PART = re.compile(r"<(\w+):(\w+)>")
_BY_PATTERN = {
    "accounts/confirm-email/": "accounts/confirm-email/nothing/",
    "accounts/password/reset/key/": "accounts/password/reset/key/1-nothing/",
    "v1/": "v1/nothing-here",
}

type Cell = tuple[str, str]


def _walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        where = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, where)
        elif isinstance(pattern, URLPattern) and getattr(pattern.callback, "func", None) is not default_home:
            yield where, pattern.callback


def _page_routes() -> dict[str, Any]:
    """Every address that is no endpoint of REST, with its rule."""
    operations = {"v1" + path for path, _ in _operations()}
    found = {}
    for where, view in _walk(get_resolver().url_patterns):
        if _as_told(where) not in operations:
            (rule,) = rules_of(view)
            found[where] = rule
    return found


def _as_told(route: str) -> str:
    return _PART.sub(r"{\2}", route).replace("<", "{").replace(">", "}")


def _operations() -> Iterator[tuple[str, Any]]:
    for _, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                yield path, operation


def _address(route: str, slug: str) -> str:
    if route.startswith("^") or "(?P" in route:
        plain = route.lstrip("^").partition("(")[0].partition(".*")[0]
        return "/" + _BY_PATTERN[plain]
    samples = {"uuid": str(uuid4()), "int": "1"}
    return "/" + _PART.sub(lambda m: slug if m[2] == "slug" else samples.get(m[1], "none"), route)


class _Street:
    """A shop with everybody who could ask for one of its pages."""

    def __init__(self) -> None:
        self.shop = make_shop()
        self.people: dict[str, User | None] = {
            "anonymous": None,
            "buyer": make_person(),
            "owner": owner_of(self.shop),
        }
        for role in ("cashier", "manager", "finance", "developer", "auditor"):
            self.people[role] = make_member(self.shop, role)
        self.people["cashier elsewhere"] = make_member(self.shop, "cashier")
        self.people["another owner"] = owner_of(make_shop())
        for name, role in (("support", "support"), ("platform admin", "platform_admin")):
            email = make_person().email
            self.people[name] = create_admin(
                email=email, name="", password=None, role=role, actor=TESTS, now=now()
            )
        self.secrets = {
            "read key": make_api_key(self.shop, *READ_SCOPES)[1],
            "full key": make_api_key(self.shop, *SCOPES)[1],
        }

    def client(self, caller: str) -> Client:
        client = Client(raise_request_exception=False)
        if caller in self.secrets:
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {self.secrets[caller]}"
        elif (person := self.people[caller]) is not None:
            client.force_login(person)
        return client


def _told(answer: Any) -> str:
    if answer.status_code == LET_IN:
        return "in"
    where = answer.headers.get("Location", "")
    if where.startswith("/accounts/login/"):
        return "sign in"
    if where.startswith("/accounts/second-factor/"):
        return "second factor"
    return str(answer.status_code)


def _ask(client: Client, where: str) -> str:
    answer = client.get(where)
    if answer.status_code == 405:
        answer = client.post(where)
    return _told(answer)


def _rows_of_pages(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, str]]:
    monkeypatch.setattr(pages, "_run", lambda *_: HttpResponse(status=LET_IN))
    street = _Street()
    routes = _asked(_page_routes())
    rows: dict[str, dict[str, str]] = {
        route: {"rule": f"{rule.kind} {rule.needs}".strip()} for route, rule in routes.items()
    }
    for caller in CALLERS:
        client = street.client(caller)
        for route in routes:
            rows[route][caller] = _ask(client, _address(route, street.shop.slug))
    return rows


def _rows_of_rest() -> dict[str, dict[str, str]]:
    street = _Street()
    rows: dict[str, dict[str, str]] = {}
    for path, operation in _operations():
        rule = operation.view_func.access_rule
        for method in operation.methods:
            rows[f"{method} /v1{path}"] = {"rule": f"{rule.kind} {rule.needs}"}
    rows = _asked(rows)
    for caller in CALLERS:
        client = street.client(caller)
        for name, row in rows.items():
            method, _, path = name.partition(" ")
            where = re.sub(r"{\w+}", "none", path)
            answer = client.generic(method, where, b"{}", content_type="application/json")
            assert answer.status_code < 500, (caller, name)
            row[caller] = str(answer.status_code) if answer.status_code in {401, 403, 405} else "in"
    return rows


def _rows_of_the_till(database: OwnDatabase) -> dict[str, dict[str, str]]:
    shop = make_shop()
    secrets = dict.fromkeys(CALLERS, "") | {
        "read key": make_api_key(shop, *READ_SCOPES)[1],
        "full key": make_api_key(shop, *SCOPES)[1],
    }

    async def story(till: Till) -> dict[str, dict[str, str]]:
        rows: dict[str, dict[str, str]] = {}
        for route in TILL:
            row = rows[f"POST /v1/pos/{route}"] = {"rule": "api pos"}
            for caller, secret in secrets.items():
                status = (await till.of(secret).post(route, b"not json")).status_code
                row[caller] = str(status) if status in {401, 403, 405} else "in"
        return rows

    return at_the_till(database, shop, story)


def _asked[Row](routes: dict[str, Row]) -> dict[str, Row]:
    """All of them; when only rows for new routes are wanted, those that have none."""
    known = _kept() if WRITES == "new" else {}
    return {route: row for route, row in routes.items() if route not in known}


def _rest_routes() -> set[str]:
    return {f"{method} /v1{path}" for path, one in _operations() for method in one.methods}


def _kept() -> dict[str, dict[str, str]]:
    with FILE.open(newline="") as file:
        return {row.pop("route"): row for row in csv.DictReader(file)}


def _compare(found: dict[str, dict[str, str]], of: str) -> None:
    """Hold what was found against the rows of this part of the file, or write them."""
    kept = _kept()
    if WRITES:
        # What is gone from the URL map goes from the file.
        there = set(_page_routes()) if of == "pages" else set(found) | _rest_routes()
        kept = {route: row for route, row in kept.items() if _part(route) != of or route in there} | found
        with FILE.open("w", newline="") as file:
            writer = csv.DictWriter(file, ["route", "rule", *CALLERS], lineterminator="\n")
            writer.writeheader()
            writer.writerows({"route": route, **kept[route]} for route in sorted(kept))
        return
    mine = {route: row for route, row in kept.items() if _part(route) == of}
    assert set(found) - set(mine) == set(), "routes without a row in access_matrix.csv"
    assert set(mine) - set(found) == set(), "rows without a route"
    wrong = [
        f"{route} as {caller}: {row[caller]}, not {mine[route][caller]}"
        for route, row in found.items()
        for caller in ("rule", *CALLERS)
        if row[caller] != mine[route][caller]
    ]
    assert not wrong, "\n".join(wrong)


def _part(route: str) -> str:
    if " " not in route:
        return "pages"
    return "till" if " /v1/pos/" in route else "rest"


@pytest.mark.django_db
def test_every_page_answers_each_caller_as_the_matrix_says(monkeypatch: pytest.MonkeyPatch) -> None:
    _compare(_rows_of_pages(monkeypatch), "pages")


@pytest.mark.django_db
def test_every_endpoint_answers_each_caller_as_the_matrix_says() -> None:
    _compare(_rows_of_rest(), "rest")


def test_every_route_of_the_till_answers_each_caller_as_the_matrix_says(own_database: OwnDatabase) -> None:
    _compare(_rows_of_the_till(own_database), "till")


def test_the_matrix_itself_keeps_the_laws() -> None:
    for route, row in _kept().items():
        for law, holds in _laws(row):
            assert holds, f"{route}: {law}: {row}"


def _laws(row: dict[str, str]) -> Iterator[tuple[str, bool]]:
    kind, _, needs = row["rule"].partition(" ")
    nobody = {row[one] for one in ("anonymous", *KEYS)}
    if kind in {"merchant", "platform", "person"}:
        yield "whoever is not signed in signs in first, a key too", nobody == {"sign in"}
    if kind == "merchant":
        theirs = {row[one] for one in ("buyer", *OUTSIDE)}
        yield "another merchant's page is not there", theirs == {"404"}
        for caller in STAFF:
            role = "cashier" if caller.startswith("cashier") else caller
            wanted = "in" if Permission(needs) in ROLES[role] else "403"
            yield f"what the table says of a {role}", row[caller] == wanted
        is_read = needs.endswith(".view")
        yield "an auditor reads all and changes nothing", (row["auditor"] == "in") == is_read
    elif kind == "platform":
        others = {row[one] for one in ("buyer", *STAFF, "another owner")}
        yield "the platform's desk is nobody else's business", others == {"404"}
        yield "an admin opens all of it", row["platform admin"] == "in"
    elif kind == "person":
        yield "everybody has their own", {row[one] for one in ("buyer", *STAFF, *OUTSIDE)} == {"in"}
    elif kind == "api":
        yield "a session is no key", {row[one] for one in CALLERS if one not in KEYS} == {"401"}
        yield "a full key opens all of it", row["full key"] == "in"
        is_read = needs.endswith(":read")
        yield "a key for reading only reads", needs == "by body" or (row["read key"] == "in") == is_read
    else:
        answers = {row[one] for one in CALLERS}
        yield "the rule is one that exists", kind in {"public", "bearer", "signature"}
        yield "who asks makes no difference to what is for everybody", len(answers) == 1
        yield "nobody has to sign in for it", not answers & {"sign in", "401"}
