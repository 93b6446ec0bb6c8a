"""After a logical restore: transaction ids of the server that the copy came from mean nothing here.

Folding, sealing, the relay of events and the seal of the audit read behind the oldest open transaction. A row
that was written by an id which this server has not reached yet would wait for years. All ids are shifted
back by one number, so that the order of commits stays what it was; the sealing keeps the number and adds it
to what it hashes, so that the chain of blocks still holds.
"""

import psycopg
from psycopg import sql

from giftwell.config.database import UnfitDatabase
from giftwell.config.migrate import LEDGER, OWNER

# Each table with its column of transaction ids, by the role that owns it.
IDS = (
    (LEDGER, "ledger_transfer", "xid"),
    (LEDGER, "ledger_block", "last_xid"),
    (LEDGER, "ledger_horizon", "xid"),
    (LEDGER, "ledger_sealing", "xid"),
    (OWNER, "events_event", "xid"),
    (OWNER, "events_cursor", "xid"),
    (OWNER, "audit_auditrow", "xid"),
    (OWNER, "audit_block", "last_xid"),
    (OWNER, "audit_sealing", "xid"),
)


def renumber(admin_url: str) -> int:
    """Shift every stored transaction id below this server's own; answers by how much, 0 where none had to be.

    One transaction, and it rewrites the tables: run it on a fresh restore, before anything is started. Raises
    UnfitDatabase while any other session uses the database.
    """
    with psycopg.connect(admin_url, connect_timeout=10) as admin:
        _refuse_company(admin)
        by = _too_far(admin)
        if by:
            for owner, table, column in IDS:
                _shift(admin, owner, table, column, by)
            admin.execute(f"set local role {LEDGER}")
            admin.execute("update ledger_sealing set shift = shift + %s", [by])
            admin.execute(f"set local role {OWNER}")
            admin.execute("update audit_sealing set shift = shift + %s", [by])
        return by


def _refuse_company(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    row = admin.execute(
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and backend_type = 'client backend' and pid <> pg_backend_pid()"
    ).fetchone()
    if row and row[0]:
        raise UnfitDatabase(f"{row[0]} other sessions use this database: stop Giftwell first.")


def _too_far(admin: psycopg.Connection[tuple[object, ...]]) -> int:
    """How far the highest id lies at or beyond this transaction's own."""
    highest = sql.SQL("greatest({})").format(
        sql.SQL(", ").join(
            sql.SQL("(select max({}) from {})").format(sql.Identifier(column), sql.Identifier(table))
            for _, table, column in IDS
        )
    )
    row = admin.execute(
        sql.SQL("select {} - pg_current_xact_id()::text::bigint + 1").format(highest)
    ).fetchone()
    return max(int(str(row[0])), 0) if row and row[0] is not None else 0


def _shift(
    admin: psycopg.Connection[tuple[object, ...]], owner: str, table: str, column: str, by: int
) -> None:
    """Take a number off a column of ids, past the triggers that keep history, as its owner may."""
    name = sql.Identifier(table)
    admin.execute(sql.SQL("set local role {}").format(sql.Identifier(owner)))
    admin.execute(sql.SQL("alter table {} disable trigger user").format(name))
    admin.execute(sql.SQL("update {0} set {1} = {1} - %s").format(name, sql.Identifier(column)), [by])
    admin.execute(sql.SQL("alter table {} enable trigger user").format(name))
    admin.execute("reset role")
