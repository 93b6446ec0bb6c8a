"""The platform's desk shows what the last check of the books found."""

import psycopg
import pytest
from django.test import Client

from giftwell.domain.ledger.seal import seal
from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.tenancy import scope
from giftwell.interfaces.jobs.books import check_all_books
from giftwell.kit.clock import now
from tests.database import OwnDatabase
from tests.factories.cards import make_sold_card
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_person
from tests.settled import wait_for_horizon


def test_the_desk_shows_each_law_and_what_breaks_it(own_database: OwnDatabase) -> None:
    desk = Client()
    desk.force_login(create_admin(email="ada@example.com", name="Ada", password=None, actor=TESTS, now=now()))
    assert "Not checked yet" in desk.get("/backoffice/books/").content.decode()
    make_sold_card(make_shop())
    wait_for_horizon()
    with scope.platform():
        seal(now=now())
    check_all_books()
    page = desk.get("/backoffice/books/").content.decode()
    assert "All laws hold" in page
    assert "Broken" not in page
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update ledger_transfer set amount_minor = amount_minor + 1 where leg = 1")
    check_all_books()
    page = desk.get("/backoffice/books/").content.decode()
    assert "The books are not what they must be." in page
    assert "What is not as it was sealed" in page
    assert "was altered" in page
    assert "post_" in page
    assert "Earlier checks" in page


@pytest.mark.django_db
def test_the_books_are_the_platforms() -> None:
    assert Client().get("/backoffice/books/").status_code == 302
    somebody = Client()
    somebody.force_login(make_person())
    assert somebody.get("/backoffice/books/").status_code == 404
