"""What every test stands on: the database, a clean cache, and a data folder of its own."""

from collections.abc import Iterator
from itertools import count

import hypothesis
import pytest
from django.core.cache import cache
from pytest_django.plugin import blocking_manager_key

from giftwell.interfaces.common import limiting
from tests.database import OwnDatabase, Server, connected_to

_server = Server()
_numbers = count(1)
_forget_counts = limiting._limiter.cache_clear


def pytest_configure(config: pytest.Config) -> None:
    """Let plain static files serve the tests: nothing is collected for them."""
    from django.conf import settings

    # Times are for the benches: a busy machine breaks no test.
    hypothesis.settings.register_profile("any machine", deadline=None)
    hypothesis.settings.load_profile("any machine")
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    if not config.option.collectonly:
        with config.stash[blocking_manager_key].unblock():
            _server.start()


def pytest_unconfigure() -> None:
    """Stop the servers this process started."""
    _server.stop()


@pytest.fixture(scope="session")
def server() -> Server:
    """The embedded server of this run."""
    return _server


@pytest.fixture(scope="session")
def django_db_setup(server: Server, worker_id: str, django_db_blocker) -> Iterator[None]:
    """This worker's clone of the migrated database, for tests that roll back."""
    name = f"giftwell_{worker_id}"
    server.clone(name)
    with django_db_blocker.unblock(), connected_to(server, name):
        yield
    server.drop(name)


@pytest.fixture
def same_nonce(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page's scripts carry the same nonce: what else differs between two pages is then seen."""
    monkeypatch.setattr("django.utils.csp.generate_nonce", lambda: "the-same-nonce")


@pytest.fixture
def own_database(server: Server, worker_id: str, django_db_setup, django_db_blocker) -> Iterator[OwnDatabase]:
    """A database of this test's own, for tests that commit, race or use several connections."""
    name = f"giftwell_{worker_id}_{next(_numbers)}"
    server.clone(name)
    with django_db_blocker.unblock(), connected_to(server, name) as database:
        yield database
    server.drop(name)


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    yield
    cache.clear()
    _forget_counts()
