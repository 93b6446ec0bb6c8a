"""What must hold before a process serves: the database is ours, up to date, and binds us by its policies."""

from typing import Any

import psycopg

from giftwell.config.environment import environment
from giftwell.config.migrate import schema_hash


class UnfitDatabase(Exception):
    """The database cannot be served from; the message says why and what to do."""


def refuse_unfit_database() -> None:
    """Look at the database as the runtime role will.

    Raises UnfitDatabase when it cannot be reached, its role could bypass row-level security or change the
    ledger, it is older than PostgreSQL 18, its migrations or functions are not this code's, or its rows
    say that they were written by transactions which this server has not had yet.
    """
    try:
        with psycopg.connect(environment().database_url, connect_timeout=10) as connection:
            _refuse(connection)
    except psycopg.OperationalError as error:
        raise UnfitDatabase(f"DATABASE_URL: the database cannot be reached: {str(error).strip()}") from None


def _refuse(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    if connection.info.server_version < 180_000:
        raise UnfitDatabase(
            f"DATABASE_URL: PostgreSQL {connection.info.server_version // 10_000} is too old; "
            "Giftwell needs 18 or newer."
        )
    row = connection.execute(
        "select rolname, rolsuper or rolbypassrls from pg_roles where rolname = current_user"
    ).fetchone()
    assert row
    if row[1]:
        raise UnfitDatabase(
            f"DATABASE_URL logs in as {row[0]}, which row-level security does not bind. Put that address "
            "into DATABASE_ADMIN_URL, run `giftwell migrate`, and let DATABASE_URL log in as giftwell_app."
        )
    installed = connection.execute("select to_regclass('public.installed_schema')").fetchone()
    known = (
        installed
        and installed[0]
        and connection.execute("select hash from public.installed_schema").fetchone()
    )
    if not known or known[0] != schema_hash():
        raise UnfitDatabase("The database is not up to date with this version: run `giftwell migrate` first.")
    owns = connection.execute(
        "select 1 from pg_tables where schemaname = 'public' and tableowner = current_user limit 1"
    ).fetchone()
    if owns:
        raise UnfitDatabase(
            f"DATABASE_URL logs in as {row[0]}, which owns tables: let it log in as giftwell_app."
        )
    if connection.execute("select ledger.is_from_future()").fetchone() == (True,):
        raise UnfitDatabase(
            "These books came from another server, whose transactions this one has not had: nothing would be "
            "folded or sealed. Run `giftwell renumber` once, before anything else."
        )
