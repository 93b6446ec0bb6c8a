"""Life, second part: every link leads somewhere, every figure is counted, and documents tell the truth."""

import ast
import random
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import click
import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from giftwell.config.cli import giftwell
from giftwell.config.openapi import document
from giftwell.foundation.identity.create_admin import create_admin
from giftwell.kit.clock import now
from tests.architecture.source import SOURCE, imports, modules
from tests.factories.delivery import gifts_of
from tests.factories.identity import TESTS, make_member, make_person
from tests.factories.orders import make_order
from tests.hostile.ground import browser_of
from tests.hostile.test_doors_telling import _gift_link
from tests.interfaces.console.conftest import Desk, desk

__all__ = ["desk"]

ROOT = Path(__file__).parents[2]
OURS = "http://127.0.0.1:8000"
MOST = 400


class Links(HTMLParser):
    """The addresses a page leads to: links, pictures, scripts, styles, and where its forms go."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.posts: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag points at."""
        named = dict(attrs)
        if tag == "form" and (named.get("method") or "get").lower() == "post":
            self.posts.add(named.get("action") or "")
            return
        for name in ("href", "src", "action", "hx-get", "formaction", "data-live-url", "poster"):
            if named.get(name):
                self.links.add(str(named[name]))
        for name in ("hx-post", "hx-put", "hx-delete"):
            if named.get(name):
                self.posts.add(str(named[name]))


def _here(base: str, address: str) -> str | None:
    """The path of an address on this site, or nothing for those elsewhere and for places on the page."""
    whole = urlsplit(urljoin(OURS + base, address))
    if whole.scheme not in {"http", "https"} or (whole.hostname or "") not in {
        "127.0.0.1",
        "localhost",
        "testserver",
    }:
        return None
    return whole.path + (f"?{whole.query}" if whole.query else "")


def _crawl(browser: Client, begin: list[str]) -> tuple[set[str], list[str]]:
    """Every page that can be reached by looking, and what is wrong on the way."""
    seen, waiting, wrong = set(begin), list(begin), []
    patterns: set[str] = set()
    while waiting and len(seen) < MOST:
        path = waiting.pop()
        answer = browser.get(path)
        patterns.add(path)
        if answer.status_code >= 400 and not path.startswith("/static/"):
            wrong.append(f"{answer.status_code} {path}")
            continue
        if answer.status_code in {301, 302}:
            found = {answer.headers["Location"]}
        elif answer.headers.get("Content-Type", "").startswith("text/html"):
            page = Links()
            page.feed(answer.content.decode())
            found = page.links
            for action in page.posts:
                wrong += _dead_action(path, action)
        else:
            continue
        for address in found:
            target = _here(path, address)
            if target and target not in seen and not target.startswith("/static/"):
                seen.add(target)
                waiting.append(target)
            elif target and target.startswith("/static/"):
                wrong += _dead_file(path, target)
    return patterns, wrong


def _dead_action(page: str, action: str) -> list[str]:
    target = _here(page, action)
    try:
        resolve(urlsplit(target or "/").path)
    except Resolver404:
        return [f"no view behind the form {action} on {page}"]
    return []


def _dead_file(page: str, target: str) -> list[str]:
    from django.contrib.staticfiles import finders

    name = urlsplit(target).path.removeprefix("/static/")
    return [] if finders.find(name) or "bundle" in name else [f"no file {name} on {page}"]


@pytest.mark.line("life-4")
@pytest.mark.parametrize("who", ["anonymous", "owner", "manager", "cashier", "buyer", "admin"])
def test_every_link_of_every_page_leads_somewhere(desk: Desk, who: str) -> None:
    merchant = desk.merchant
    placed = make_order(_shop_of(desk))
    begin = ["/", "/accounts/login/", "/start/", f"/orders/{placed.token}/", "/docs/api"]
    begin.append("/gift/" + _gift_link(gifts_of(desk.order)[0]).rsplit("/gift/")[-1])
    match who:
        case "anonymous":
            browser = Client()
        case "admin":
            browser = browser_of(
                create_admin(email="r@example.com", name="R", password=None, actor=TESTS, now=now())
            )
            begin += ["/backoffice/", "/outbox/"]
        case "buyer":
            browser = browser_of(make_person())
            begin.append("/wallet/")
        case "owner":
            browser = browser_of(desk.owner)
            begin += [f"/console/{merchant.slug}/", f"/till/{merchant.slug}/"]
        case _:
            browser = browser_of(make_member(merchant, who))
            begin += [f"/till/{merchant.slug}/"] + (
                [f"/console/{merchant.slug}/"] if who == "manager" else []
            )
    seen, wrong = _crawl(browser, begin)
    assert wrong == []
    assert len(seen) >= (30 if who in {"owner", "manager"} else 12)


def _shop_of(desk: Desk) -> Any:
    from giftwell.domain.catalog.models import Product
    from giftwell.foundation.tenancy import scope
    from giftwell.foundation.tenancy.transactions import reading
    from tests.factories.orders import Shop

    with scope.merchant(desk.merchant.id), reading():
        product = Product.objects.select_related("program").get(pk=desk.product.pk)
    return Shop(desk.merchant, product)


@pytest.mark.line("life-4")
@pytest.mark.usefixtures("same_nonce")
def test_figures_are_counted_and_the_same_at_each_look(desk: Desk) -> None:
    def figures() -> str:
        """The page without its form's token and the time it was made at."""
        return re.sub(r'value="[^"]*"|[0-9]{2}:[0-9:.]+(\+00:00)?', "", desk.page("?days=91"))

    random.seed(1)
    first = figures()
    random.seed(2)
    assert figures() == first
    assert "€40.00" in first, "30.00 on the sold card and 10.00 given away are owed"


@pytest.mark.line("life-4")
def test_nothing_of_ours_draws_figures_by_chance() -> None:
    by_chance = [str(path.relative_to(SOURCE)) for path in modules() if "random" in set(imports(path))]
    assert by_chance == []
    scripts = [
        str(path) for path in (SOURCE / "interfaces").rglob("*.js")
        if "Math.random" in path.read_text() and "htmx" not in path.name
    ]  # fmt: skip
    assert scripts == []


DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.mark.line("life-5")
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_links_only_to_what_is_there(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    dead = [
        target
        for target in re.findall(r"\]\(([^)#\s]+)", text)
        if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists()
    ]
    assert dead == []


@pytest.mark.line("life-5")
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_names_only_commands_addresses_and_files_that_exist(path: Path) -> None:
    text = path.read_text()
    there = set(giftwell.list_commands(click.Context(giftwell)))
    assert {"run", "verify", "issue", "redeem"} <= there
    said = set(re.findall(r"(?:^|`|bin/|\$ )giftwell ([a-z][a-z-]+)", text, re.MULTILINE))
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    made = set(re.findall(r"(?:^|`|\$ )make ([a-z][a-z-]*)", text, re.MULTILINE))
    paths = {one.rstrip("/") for one in document()["paths"]}
    served = {re.sub(r"\{[^}]+\}", "{}", one) for one in paths}
    asked = {
        re.sub(r"\{[^}]+\}", "{}", one.rstrip("/"))
        for one in re.findall(r"`(?:[A-Z]+ )?(/v1/[a-z/{}_-]+)", text)
    }
    asked -= {"/v1", "/v1/openapi", "/v1/pos"}
    if path.name == "readiness.md":
        return  # it tells what is missing, by its name
    assert (said - there, made - targets) == (set(), set())
    assert {one for one in asked if one not in served and "..." not in one} == set()


@pytest.mark.line("life-5")
def test_each_scope_that_is_promised_opens_something() -> None:
    """A scope in the document that no operation asks for would be a promise about nothing."""
    from giftwell.interfaces.common.access import ApiScope

    asked = set()
    for path in (SOURCE / "interfaces").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "ApiScope":
                asked.add(node.attr)
    assert {one.name for one in ApiScope} <= asked
