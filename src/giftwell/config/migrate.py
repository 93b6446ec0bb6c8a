"""Bring a database up to date: roles, Django's migrations, owners and grants, then every SQL function.

Runs as an administrator, never as the runtime role. Safe to repeat, and safe to run twice at once. Functions
are not migrations: they are re-created in one transaction whenever their text changed.
"""

import hashlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql

from giftwell.config.environment import ROOT

SOURCE = ROOT / "src" / "giftwell"
APP, MIGRATOR, OWNER, LEDGER = "giftwell_app", "giftwell_migrator", "giftwell_owner", "giftwell_ledger"
_APPEND_ONLY = ("events_event", "audit_auditrow", "audit_policyreport")
# Definer functions alone write these.
_READ_ONLY = ("django_migrations", "audit_block", "audit_sealing")
# Bulk loads are COPYed here and read by definer functions alone.
_WRITE_ONLY = ("bulk_row", "cards_staging")
# What money hangs on ends by a state, never by a deletion; keys that took effect are kept for ever.
_NEVER_DELETED = (
    "bulk_batch",
    "cards_",
    "delivery_",
    "idempotency_",
    "orders_",
    "payments_",
    "redemption_",
    "tenancy_",
)
_LOCK = 0x6769667477656C6C
# Those that others call first; the rest by name.
_FIRST = ("audit", "events", "ledger", "catalog", "cards", "redemption")


# Procrastinate's migrations make functions and types as the migrator; they belong to the owner.
_ADOPT_PROCRASTINATE = """
do $$ declare one text; begin
  for one in select oid::regprocedure::text from pg_proc
              where pronamespace = 'public'::regnamespace and proname like 'procrastinate%' loop
    execute format('alter function %s owner to giftwell_owner', one);
  end loop;
  for one in select typname from pg_type
              where typnamespace = 'public'::regnamespace and typname like 'procrastinate%'
                and typtype = 'e' loop
    execute format('alter type public.%I owner to giftwell_owner', one);
  end loop;
end $$
"""


class CannotMigrate(Exception):
    """The database cannot be brought up to date; the message says why and what to do."""


def migrate(admin_url: str, *, app_password: str = "") -> None:
    """Bring the database at `admin_url` up to date.

    `app_password` is given to the runtime role where it logs in by password. Raises CannotMigrate for a
    server older than PostgreSQL 18 or an administrator that may not create roles.
    """
    try:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=10) as admin:
            if admin.info.server_version < 180_000:
                version = admin.info.server_version // 10_000
                raise CannotMigrate(f"This database is PostgreSQL {version}; Giftwell needs 18 or newer.")
            admin.execute("select pg_advisory_lock(%s)", [_LOCK])
            _create_roles(admin, app_password)
            _run_django_migrations(admin_url)
            with admin.transaction():
                _settle_owners(admin)
                _install_functions(admin)
    except psycopg.errors.InsufficientPrivilege as error:
        raise CannotMigrate(
            f"The administrator of DATABASE_ADMIN_URL may not do this: {error.diag.message_primary}"
        ) from error
    except psycopg.OperationalError as error:
        raise CannotMigrate(f"The database cannot be reached: {str(error).strip()}") from error


def _create_roles(admin: psycopg.Connection[tuple[object, ...]], app_password: str) -> None:
    for role, login in ((LEDGER, False), (OWNER, False), (MIGRATOR, True), (APP, True)):
        if not admin.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
            kind = sql.SQL("login" if login else "nologin")
            admin.execute(
                sql.SQL("create role {} {} nosuperuser nobypassrls").format(sql.Identifier(role), kind)
            )
    if app_password:
        admin.execute(
            sql.SQL("alter role {} password {}").format(sql.Identifier(APP), sql.Literal(app_password))
        )
    admin.execute(f"grant {OWNER}, {LEDGER} to {MIGRATOR}")
    row = admin.execute("select current_database(), current_user").fetchone()
    assert row
    database, user = (sql.Identifier(str(name)) for name in row)
    admin.execute(
        sql.SQL("grant {}, {}, {} to {}").format(*map(sql.Identifier, (MIGRATOR, OWNER, LEDGER)), user)
    )
    admin.execute(
        sql.SQL("grant create, temporary on database {} to {}").format(database, sql.Identifier(MIGRATOR))
    )
    admin.execute(sql.SQL("revoke temporary on database {} from public").format(database))
    admin.execute("revoke create on schema public from public")
    admin.execute(f"grant create, usage on schema public to {MIGRATOR}, {OWNER}, {LEDGER}")
    admin.execute(f"grant usage on schema public to {APP}")


def _run_django_migrations(admin_url: str) -> None:
    from django.core.management import call_command
    from django.db import connections

    alias = "default"
    runtime = dict(connections.databases[alias])
    parts = psycopg.conninfo.conninfo_to_dict(admin_url)
    connections[alias].close()
    connections.databases[alias].update(
        NAME=parts.get("dbname", ""), USER=parts.get("user", ""), PASSWORD=parts.get("password", ""),
        HOST=parts.get("host", ""), PORT=parts.get("port", ""),
        OPTIONS={"options": f"-c role={MIGRATOR} -c lock_timeout=5000"},
    )  # fmt: skip
    del connections[alias]
    try:
        call_command("migrate", interactive=False, verbosity=0)
    finally:
        connections[alias].close()
        connections.databases[alias].clear()
        connections.databases[alias].update(runtime)
        del connections[alias]


def _settle_owners(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    """Give each table to its owner role and the runtime role what it may do there, and nothing more."""
    tables = admin.execute(
        "select tablename from pg_tables where schemaname = 'public' order by tablename"
    ).fetchall()
    for (name,) in tables:
        table = sql.Identifier(str(name))
        owner = LEDGER if str(name).startswith("ledger_") else OWNER
        admin.execute(sql.SQL("alter table {} owner to {}").format(table, sql.Identifier(owner)))
        admin.execute(sql.SQL("revoke all on {} from {}").format(table, sql.Identifier(APP)))
        rights = "select, insert, update, delete"
        if owner == LEDGER or name in _READ_ONLY:
            rights = "select"
        elif name in _APPEND_ONLY:
            rights = "select, insert"
        elif name in _WRITE_ONLY:
            rights = "insert"
        elif str(name).startswith(_NEVER_DELETED):
            rights = "select, insert, update"
        admin.execute(sql.SQL("grant {} on {} to {}").format(sql.SQL(rights), table, sql.Identifier(APP)))
        if owner == LEDGER:
            admin.execute(sql.SQL("grant select on {} to {}").format(table, sql.Identifier(OWNER)))
    admin.execute(f"grant usage on all sequences in schema public to {APP}")
    admin.execute(_ADOPT_PROCRASTINATE)


def function_files() -> list[Path]:
    """Every SQL file that holds functions, in the order they are installed."""

    def place(path: Path) -> tuple[int, str, str]:
        app = app_of(path)
        return (_FIRST.index(app) if app in _FIRST else len(_FIRST), app, str(path))

    files = [path for path in SOURCE.rglob("*.sql") if not path.name.startswith("verify")]
    return sorted(files, key=place)


def app_of(path: Path) -> str:
    """The app a file belongs to: the folder two storeys below the package."""
    return path.relative_to(SOURCE).parts[1]


def schema_hash() -> str:
    """A fingerprint of all migrations and SQL functions, to tell whether a database has this code's."""
    digest = hashlib.sha256()
    for name in ("django", "django-allauth", "procrastinate"):
        digest.update(f"{name} {version(name)}\0".encode())
    migrations = sorted(SOURCE.rglob("migrations/[0-9]*.py"))
    for path in [*migrations, *function_files()]:
        digest.update(str(path.relative_to(SOURCE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _schemas() -> Iterator[tuple[str, str]]:
    for app in dict.fromkeys(app_of(path) for path in function_files()):
        yield app, LEDGER if app == "ledger" else OWNER


def _install_functions(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    admin.execute("create table if not exists public.installed_schema (hash text not null)")
    admin.execute(f"alter table public.installed_schema owner to {OWNER}")
    admin.execute(f"grant select on public.installed_schema to {APP}")
    for app, owner in _schemas():
        schema = sql.Identifier(app)
        admin.execute(sql.SQL("create schema if not exists {}").format(schema))
        admin.execute(sql.SQL("alter schema {} owner to {}").format(schema, sql.Identifier(owner)))
        admin.execute(
            sql.SQL("grant usage on schema {} to {}, {}").format(schema, *map(sql.Identifier, (APP, OWNER)))
        )
    for path in function_files():
        owner = LEDGER if app_of(path) == "ledger" else OWNER
        admin.execute(sql.SQL("set local role {}").format(sql.Identifier(owner)))
        try:
            admin.execute(path.read_bytes())
        except psycopg.Error as error:
            raise CannotMigrate(f"{path.relative_to(ROOT)}: {error}") from error
    admin.execute("reset role")
    admin.execute("delete from public.installed_schema")
    admin.execute("insert into public.installed_schema values (%s)", [schema_hash()])
