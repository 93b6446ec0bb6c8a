"""Health that asks: alive needs nobody, ready needs everybody, and neither tells strangers anything."""

import json
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from giftwell.interfaces.ops import health


@pytest.fixture
def client():
    return Client()


def test_a_process_is_alive_without_its_database(client):
    with patch("giftwell.interfaces.ops.health.reading", side_effect=OperationalError("gone")):
        response = client.get("/livez")
    assert (response.status_code, response.json()) == (200, {"status": "alive"})


@pytest.mark.django_db
def test_it_is_ready_when_database_migrations_and_cache_answer(client):
    response = client.get("/readyz")
    assert response.status_code == 200, response.content
    assert response.json() == {"status": "ready", "checked": ["database", "migrations", "cache"]}
    assert "no-cache" in response["Cache-Control"]


@pytest.mark.django_db
def test_a_lost_database_is_named_and_nothing_about_it_is_told(client):
    error = OperationalError("connection to server at 10.0.0.7 failed: password authentication failed")
    with patch("giftwell.interfaces.ops.health.reading", side_effect=error):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["missing"] == ["database", "migrations"]
    assert "10.0.0.7" not in response.content.decode()
    assert "password" not in response.content.decode()


@pytest.mark.django_db
def test_a_migration_that_is_not_applied_makes_it_unready(client):
    wanted = health._migrations_of_this_code() | {("cards", "9999_tomorrow")}
    with patch("giftwell.interfaces.ops.health._migrations_of_this_code", return_value=wanted):
        response = client.get("/readyz")
    assert (response.status_code, response.json()["missing"]) == (503, ["migrations"])


@pytest.mark.django_db
def test_a_role_that_policies_do_not_bind_makes_it_unready(client):
    for row in ((True, False), (False, True)):
        with patch("giftwell.interfaces.ops.health._one_row", return_value=row):
            response = client.get("/readyz")
        assert (response.status_code, response.json()["missing"]) == (503, ["database"])


@pytest.mark.django_db
def test_a_lost_or_forgetful_cache_makes_it_unready(client):
    with patch("giftwell.interfaces.ops.health.cache") as forgetful:
        forgetful.get.return_value = None
        response = client.get("/readyz")
        assert (response.status_code, response.json()["missing"]) == (503, ["cache"])
        forgetful.set.side_effect = ConnectionError("redis://10.0.0.8 refused")
        response = client.get("/readyz")
    assert (response.status_code, response.json()["missing"]) == (503, ["cache"])
    assert "10.0.0.8" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/livez", "/readyz"])
def test_only_reading_is_answered(client, address):
    assert client.post(address).status_code == 405
    assert json.loads(client.get(address).content)["status"]
