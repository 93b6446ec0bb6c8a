"""Fill a database with masses of cards, in the database itself: indexes off, rows in, indexes on again.

The server may run without fsync while this loads; what is measured afterwards does not.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from bench.street import open_shop
from giftwell.kit.clock import now
from giftwell.kit.ids import new_id

SHOPS = 21
FACE_MINOR = 10_000
_CHUNK = 250_000
_XIDS = 60_000
_TABLES = ("ledger_account", "ledger_posting", "ledger_transfer", "cards_card", "redemption_redemption",
           "orders_order", "orders_orderline", "delivery_gift", "payments_payment", "events_event",
           "audit_auditrow")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mass:
    """What was made. `shop` is the one with half of the cards; its owner may sign in by e-mail."""

    cards: int
    redemptions: int
    merchant_id: UUID
    slug: str
    owner: str


def fill_mass(
    admin_url: str, *, cards: int, redemptions: int, told: bool, say: Callable[[str], None]
) -> Mass:
    """Make the cards, all paid for, and spread the redemptions over them; `told` writes events and audit too.

    Wants an empty migrated database that Django's settings point at.
    """
    shops = [open_shop(number)[0] for number in range(SHOPS)]
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute((Path(__file__).parent / "mass.sql").read_bytes())
        _note_shops(admin, shops, cards, told)
        with _without_indexes(admin, say):
            _call(admin_url, "mass.add_cards", cards)
            say(f"{cards:,} cards")
            _call(admin_url, "mass.add_orders", cards)
            say("orders")
            _call(admin_url, "mass.add_redemptions", redemptions, redemptions)
            say(f"{redemptions:,} redemptions")
        _pay(admin, told)
        admin.execute("select setval('ledger_account_id_seq', (select max(id) from ledger_account))")
        admin.execute("vacuum (analyze, freeze)")
        admin.execute("checkpoint")
    say("vacuumed")
    first = shops[0]
    return Mass(cards, redemptions, first.id, first.slug, "owner0@bench.example")


def _note_shops(admin: psycopg.Connection[Any], shops: list[Any], cards: int, told: bool) -> None:
    from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
    from giftwell.foundation.tenancy import PLATFORM, scope
    from giftwell.foundation.tenancy.transactions import transaction

    with scope.platform(), transaction():
        kinds = ("unapplied", "processor:sandbox")
        unapplied, processor = open_accounts([AccountSpec(PLATFORM, kind, "EUR") for kind in kinds])
    for number, shop in enumerate(shops):
        admin.execute(
            """with sold as (
                 insert into catalog_product (id, merchant_id, program_id, name, slug, description, kind,
                   min_value_minor, max_value_minor, status, position, version, created_at, updated_at)
                 select uuidv7(), merchant_id, id, 'Gift', 'gift', '', 'range', 100, 100000, 'published',
                        0, 1, now(), now()
                 from catalog_program where merchant_id = %(shop)s and funding = 'escrow' returning id)
               insert into mass.shop
               select %(number)s, g.merchant_id, g.id, g.pending_account_id, g.commission_account_id, null,
                      %(unapplied)s, %(processor)s, sold.id
               from catalog_program g, sold where g.merchant_id = %(shop)s and g.funding = 'escrow'""",
            {"number": number, "unapplied": unapplied, "processor": processor, "shop": shop.id},
        )
    admin.execute("analyze mass.shop")
    # Transactions that have ended, for the rows to say that they were written by.
    admin.execute(
        f"do $$ begin for i in 1 .. {_XIDS} loop perform pg_current_xact_id(); commit; end loop; end $$"
    )
    admin.execute(
        """insert into mass.ground select (select max(id) + 1 from ledger_account), %s,
              pg_snapshot_xmin(pg_current_snapshot())::text::bigint - %s, %s, %s, %s, %s""",
        [told, _XIDS, _XIDS, cards, len(shops), FACE_MINOR],
    )


@contextmanager
def _without_indexes(admin: psycopg.Connection[Any], say: Callable[[str], None]) -> Iterator[None]:
    """Drop every index but the primary keys of the big tables, and make them again afterwards."""
    found = admin.execute(
        """select i.indexrelid::regclass::text, i.indrelid::regclass::text, c.conname,
                  coalesce(pg_get_constraintdef(c.oid), pg_get_indexdef(i.indexrelid))
             from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype = 'u'
            where i.indrelid::regclass::text = any(%s) and not i.indisprimary""",
        [list(_TABLES)],
    ).fetchall()
    for index, table, constraint, _ in found:
        name = sql.Identifier(constraint or index)
        if constraint:
            admin.execute(sql.SQL("alter table {} drop constraint {}").format(sql.Identifier(table), name))
        else:
            admin.execute(sql.SQL("drop index {}").format(name))
    yield
    admin.execute("set maintenance_work_mem = '1GB'")
    for _, table, constraint, definition in found:
        added = f'alter table {table} add constraint "{constraint}" '
        wanted = added + definition if constraint else definition
        admin.execute(wanted)
    say(f"{len(found)} indexes")


def _call(admin_url: str, procedure: str, count: int, *more: int) -> None:
    """Run the chunks on two connections."""

    def run(lo: int) -> None:
        with psycopg.connect(admin_url, autocommit=True) as connection:
            connection.execute("set session_replication_role = replica")
            connection.execute("set synchronous_commit = off")
            connection.execute("set jit = off")
            arguments = ", ".join(map(str, (lo, min(lo + _CHUNK, count), *more)))
            connection.execute(f"call {procedure}({arguments})")

    with ThreadPoolExecutor(1 if procedure.endswith("redemptions") else (os.cpu_count() or 1)) as pool:
        list(pool.map(run, range(0, count, _CHUNK)))


def _pay(admin: psycopg.Connection[Any], told: bool) -> None:
    """One payment a shop, of all its cards that no order sold, settled."""
    from giftwell.domain.payments.models import Payment
    from giftwell.foundation.tenancy import scope
    from giftwell.foundation.tenancy.transactions import transaction

    rows = admin.execute(
        "select s.merchant, s.unapplied, count(*) * (select face from mass.ground)"
        " from mass.shop s join cards_card c on c.merchant_id = s.merchant"
        " where c.order_line_id is null group by 1, 2"
    ).fetchall()
    (processor,) = admin.execute(
        "select id from ledger_account where kind = 'processor:sandbox' and currency = 'EUR'"
    ).fetchone() or (0,)
    for merchant, unapplied, total in rows:
        posting, moment = new_id(), now()
        with scope.platform(), transaction():
            payment = Payment.objects.create(
                merchant_id=merchant, order_id=new_id(), gateway="sandbox", amount_minor=total,
                currency="EUR",
                status="succeeded", settled_minor=total, settled_currency="EUR", created_at=moment,
                settled_at=moment,
            ).id  # fmt: skip
        admin.execute(
            """insert into ledger_posting (id, merchant_id, kind, currency, cause, fingerprint, actor,
                 posted_at, amount_minor)
               values (%s, %s, 'settle', 'EUR', %s, '', 'command:bench', %s, %s)""",
            [posting, merchant, f"settle:{payment}", moment, total],
        )
        admin.execute(
            """insert into ledger_transfer (posting_id, leg, merchant_id, debit_id, credit_id, amount_minor)
               values (%s, 1, %s, %s, %s, %s)""",
            [posting, merchant, processor, unapplied, total],
        )
        if told:
            admin.execute(
                """insert into events_event (id, merchant_id, type, subject, data, actor, at)
                   values (%s, %s, 'payment.settled', ledger.public_id('pay', %s), '{}', 'command:bench',
                           %s)""",
                [new_id(), merchant, payment, moment],
            )
