"""Two questions of whoever runs the process: does it live (`/livez`), and can it do its work (`/readyz`).

`/readyz` asks the real database and cache each time, as the role that serves. Its answer names what is
missing, and never an address, a name of a role or the text of an error: anybody may ask.
"""

import secrets
from collections.abc import Callable
from functools import cache as kept

import structlog
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import AccessRule
from giftwell.interfaces.common.pages import declares

logger = structlog.get_logger(__name__)


class NotReady(Exception):
    """A dependency answers, but not as it must."""


@declares(AccessRule("public"))
@never_cache
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """Say that the process answers; asks nobody else, so that a lost database does not get it killed."""
    return JsonResponse({"status": "alive"})


@declares(AccessRule("public"))
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Ask everything that a request would need; 503 names what is missing."""
    checks = {"database": _ask_database, "migrations": _ask_migrations, "cache": _ask_cache}
    missing = [name for name, ask in checks.items() if not _answers(name, ask)]
    if missing:
        return JsonResponse({"status": "not ready", "missing": missing}, status=503)
    return JsonResponse({"status": "ready", "checked": list(checks)})


def _answers(name: str, ask: Callable[[], None]) -> bool:
    try:
        ask()
    except Exception as error:
        logger.warning("not_ready", check=name, error=type(error).__name__, detail=str(error)[:200])
        return False
    return True


def _ask_database() -> None:
    """The database answers, and its policies bind this role."""
    row = _one_row(
        """select rolsuper or rolbypassrls, exists (select from pg_tables
                  where schemaname = 'public' and tableowner = current_user)
           from pg_roles where rolname = current_user"""
    )
    if row[0] or row[1]:
        raise NotReady("the role that serves is not bound by row-level security")


def _ask_migrations() -> None:
    """Every migration of this code has been applied, and its functions are installed."""
    with reading(), connection.cursor() as cursor:
        cursor.execute("select app, name from django_migrations")
        applied = set(cursor.fetchall())
        cursor.execute("select count(*) from public.installed_schema")
        (installed,) = cursor.fetchone() or (0,)
    absent = _migrations_of_this_code() - applied
    if absent or not installed:
        raise NotReady(f"{len(absent)} migrations are not applied")


@kept
def _migrations_of_this_code() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations)


def _ask_cache() -> None:
    """The cache keeps what it is given."""
    word = secrets.token_hex(8)
    cache.set(f"readyz:{word}", word, timeout=10)
    kept_word = cache.get(f"readyz:{word}")
    cache.delete(f"readyz:{word}")
    if kept_word != word:
        raise NotReady("the cache forgets")


def _one_row(query: str) -> tuple[object, ...]:
    with reading(), connection.cursor() as cursor:
        cursor.execute(query)
        row: tuple[object, ...] | None = cursor.fetchone()
    if row is None:
        raise DatabaseError("no answer")
    return row
