"""What `giftwell doctor` looks at: each thing the platform leans on, and whether it holds."""

import os
from dataclasses import asdict, dataclass

import psycopg
import redis

from giftwell.config import embedded, secrets
from giftwell.config.environment import BadEnvironment, Environment, environment
from giftwell.config.migrate import schema_hash


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    is_well: bool
    detail: str

    def as_dict(self) -> dict[str, object]:
        """As JSON tells it."""
        return asdict(self)


def examine() -> list[Finding]:
    """Look at everything, starting nothing and changing nothing."""
    here = environment()
    findings = [_secrets(here), _folder(here)]
    if here.is_embedded:
        servers = embedded.running(here.data_dir)
        if servers is None:
            note = "not running; `giftwell run` starts its own (DATABASE_URL is not set)"
            return [*findings, Finding("database", True, note), Finding("cache", True, note)]
        database, cache = servers.database_url(), servers.cache_url
    else:
        database, cache = here.database_url, here.cache_url
    return [*findings, _database(database), _cache(cache)]


def _secrets(here: Environment) -> Finding:
    if here.is_embedded and not (here.data_dir / secrets.FILE).exists():
        return Finding("secrets", True, f"none yet; they are made in {here.data_dir} at the first start")
    try:
        held = secrets.load(here)
    except BadEnvironment as error:
        return Finding("secrets", False, str(error))
    ids = [part.partition(":")[0] for part in held.master_keys.split(",")]
    return Finding("secrets", True, f"key {ids[0]} in use, {len(ids) - 1} older kept for reading")


def _folder(here: Environment) -> Finding:
    place = here.data_dir if here.data_dir.exists() else here.data_dir.parent
    writable = os.access(place, os.W_OK)
    return Finding("data folder", writable, f"{here.data_dir} {'can' if writable else 'cannot'} be written")


def _database(url: str) -> Finding:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10_000
            row = connection.execute(
                "select rolsuper or rolbypassrls from pg_roles where rolname = current_user"
            ).fetchone()
            if version < 18:
                return Finding("database", False, f"PostgreSQL {version} is too old; 18 or newer is needed")
            if row and row[0]:
                return Finding("database", False, "its role bypasses row-level security; use giftwell_app")
            known = connection.execute("select hash from public.installed_schema").fetchone()
    except psycopg.errors.UndefinedTable:
        return Finding("database", False, "it is empty: run `giftwell migrate`")
    except psycopg.Error as error:
        return Finding("database", False, f"it cannot be reached: {str(error).strip()}")
    if not known or known[0] != schema_hash():
        return Finding("database", False, "it is not up to date: run `giftwell migrate`")
    return Finding("database", True, f"PostgreSQL {version}, up to date, bound by its policies")


def _cache(url: str) -> Finding:
    if not url:
        return Finding("cache", False, "CACHE_URL is not set: limits would hold for one process only")
    try:
        with redis.Redis.from_url(url, socket_timeout=5) as client:
            client.ping()
    except redis.RedisError as error:
        return Finding("cache", False, f"CACHE_URL: it cannot be reached: {error}")
    return Finding("cache", True, "answers")
