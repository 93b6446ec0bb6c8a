"""What an attacker has at hand: every door to the same money, and a database to write into directly."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import psycopg
from click.testing import CliRunner
from django.db import DatabaseError, connection
from django.test import Client

from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.interfaces.ops.commands.redeem import redeem as redeem_command
from tests.database import OwnDatabase
from tests.factories.identity import make_member
from tests.interfaces.api.caller import caller_for
from tests.interfaces.pos.tills import Till, at_the_till

_MISTAKES = (
    psycopg.errors.SyntaxError, psycopg.errors.UndefinedColumn, psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedFunction,
)  # fmt: skip
DOORS = ("page", "rest", "pos", "command")


def browser_of(user: Any) -> Client:
    """A browser in which this person is signed in; a broken page is an answer to look at."""
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    return browser


def spend(door: str, database: OwnDatabase, merchant: Merchant, code: str, minor: int, **more: Any) -> str:
    """Try to take whole units of the merchant's currency from a card through a door; what the door said."""
    return _SPENDING[door](database, merchant, code, minor, **more)


def _by_page(database: OwnDatabase, merchant: Merchant, code: str, minor: int) -> str:
    browser = browser_of(make_member(merchant, "cashier"))
    scanned = browser.post(f"/till/{merchant.slug}/", {"code": code})
    if scanned.status_code != 302:
        assert scanned.status_code == 200
        return scanned.content.decode()
    keypad = scanned.headers["Location"]
    page = browser.get(keypad)
    key = (page.context or {}).get("key", "")
    answer = browser.post(keypad, {"key": key, "amount_minor": minor}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def _by_rest(database: OwnDatabase, merchant: Merchant, code: str, minor: int) -> str:
    body = {"code": code, "amount_minor": minor, "currency": merchant.currency}
    answer = caller_for(merchant, "pos").post("redemptions", body)
    assert answer.status_code < 500
    return answer.content.decode()


def _by_pos(database: OwnDatabase, merchant: Merchant, code: str, minor: int) -> str:
    async def story(till: Till) -> str:
        body = {"code": code, "amount_minor": minor, "currency": merchant.currency}
        answer = await till.post("redemptions", body)
        assert answer.status_code < 500
        return answer.text

    return at_the_till(database, merchant, story)


def _by_command(database: OwnDatabase, merchant: Merchant, code: str, minor: int) -> str:
    words = ("--merchant", merchant.slug, "--code", code, "--amount", str(minor / 100))
    result = run(redeem_command, *words)
    return result if isinstance(result, str) else str(result)


_SPENDING = {"page": _by_page, "rest": _by_rest, "pos": _by_pos, "command": _by_command}


def run(command: click.Command, *words: str) -> Any:
    """What a command printed, or the error it ended with."""
    result = CliRunner().invoke(command, words, catch_exceptions=True)
    return result.exception or result.output


def hook(body: bytes, headers: Any, **more: Any) -> Any:
    """Send bytes to the entrance of the payment processor."""
    client = Client(raise_request_exception=False)
    return client.post("/inbound/payments/sandbox/", body, "application/json", headers=dict(headers), **more)


@contextmanager
def as_merchant(merchant: Merchant) -> Iterator[Any]:
    """A cursor of the runtime role in the merchant's own scope: what an injection in our code would have."""
    with scope.merchant(merchant.id), transaction(), connection.cursor() as cursor:
        yield cursor


def written(merchant: Merchant, sql: str, *values: Any) -> int:
    """How many rows a statement of the runtime role changed; -1 where the database refused it.

    A statement that is no statement of this database is a mistake of the test and not a refusal.
    """
    try:
        with as_merchant(merchant) as cursor:
            cursor.execute(sql, values)
            return int(cursor.rowcount)
    except DatabaseError as error:
        if isinstance(error.__cause__, _MISTAKES):
            raise
        return -1


def json_of(answer: Any) -> Any:
    """The body of an answer as data, be it a page's or an API's."""
    return json.loads(answer.content)
