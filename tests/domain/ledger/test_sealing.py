"""Transfers are sealed in order, once; whatever is changed afterwards is found, and where."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from giftwell.domain.ledger.models import Block, Posting, Transfer
from giftwell.domain.ledger.seal import seal
from giftwell.domain.ledger.verify_chain import verify_chain
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from tests.database import OwnDatabase
from tests.domain.racing import together
from tests.domain.redemption.tills import Till
from tests.factories.ledger import NOON, make_plastic
from tests.settled import wait_for_horizon

type Admin = psycopg.Connection[tuple[object, ...]]


def _seal() -> int:
    wait_for_horizon()
    with scope.platform():
        return seal(now=NOON)


@pytest.fixture
def till(own_database: OwnDatabase) -> Till:
    """A few postings, sealed in three blocks."""
    till = Till()
    _seal()
    taken = till.redeem(2_000)
    till.refund(taken.id, 500)
    till.capture(till.authorize(300).id)
    _seal()
    till.redeem(100)
    make_plastic(till.ground, 700)
    _seal()
    assert verify_chain() == []
    return till


@pytest.fixture
def admin(till: Till, own_database: OwnDatabase) -> Iterator[Admin]:
    """An operator who can do harm: triggers and keys are off."""
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        yield admin


def test_each_posting_is_sealed_once_and_in_order(till: Till) -> None:
    with scope.platform(), reading():
        blocks = list(Block.objects.order_by("number"))
        moved = set(Transfer.objects.values_list("posting_id", flat=True))
    assert [block.number for block in blocks] == [1, 2, 3]
    assert sum(block.postings for block in blocks) == len(moved)
    assert [block.first_leaf for block in blocks] == [0, blocks[0].postings, len(moved) - blocks[2].postings]
    assert bytes(blocks[0].previous) == bytes(32)
    assert all(bytes(b.previous) == bytes(a.hash) for a, b in pairwise(blocks))
    assert _seal() == 0
    assert Block.objects.count() == 3
    assert str(blocks[0]) == "block 1"


COLUMNS = {
    "ledger_transfer": {
        "leg": "leg + 7", "merchant_id": "gen_random_uuid()", "debit_id": "debit_id + 1000",
        "credit_id": "credit_id + 1000", "amount_minor": "amount_minor + 1", "xid": "xid - 1",
        "debit_balance_minor": "coalesce(debit_balance_minor, 0) + 1",
        "credit_balance_minor": "coalesce(credit_balance_minor, 0) + 1",
    },
    "ledger_posting": {
        "merchant_id": "gen_random_uuid()", "kind": "'adjustment'", "currency": "'USD'",
        "cause": "cause || 'x'",
        "fingerprint": r"fingerprint || '\x00'", "actor": "actor || 'x'",
        "posted_at": "posted_at + interval '1 microsecond'", "of_id": "gen_random_uuid()",
        "amount_minor": "amount_minor + 1", "balance_minor": "coalesce(balance_minor, 0) + 1",
        "available_minor": "coalesce(available_minor, 0) - 1",
    },
}  # fmt: skip


def test_every_column_that_is_altered_is_found_and_its_posting_named(till: Till, admin: Admin) -> None:
    """Each column of both tables, one after the other, of one redemption in the second block."""
    with scope.platform(), reading():
        posting = Posting.objects.get(kind="redeem", amount_minor=2_000)
    for table, columns in COLUMNS.items():
        mine = "posting_id" if table == "ledger_transfer" else "id"
        all_columns = {field.column for field in (Transfer if mine == "posting_id" else Posting)._meta.fields}
        assert all_columns - {None, "id", "posting_id"} == set(columns), "a column that nobody tries to alter"
        for column, harm in columns.items():
            admin.execute(f"create temp table kept as select * from {table} where {mine} = '{posting.id}'")
            admin.execute(f"update {table} set {column} = {harm} where {mine} = '{posting.id}'")
            found = verify_chain()
            admin.execute(f"delete from {table} where {mine} = '{posting.id}'")
            admin.execute(f"insert into {table} select * from kept; drop table kept")
            assert posting.public_id in {one.posting for one in found}, (table, column, found)
            if column != "xid":
                (one,) = found
                assert (one.block, one.place, one.what) == (2, 0, "was altered"), (table, column)
                assert len(one.transfers) == 2
    assert verify_chain() == []


TRANSFER = ("leg", "merchant_id", "debit_id", "credit_id", "amount_minor", "debit_balance_minor",
            "credit_balance_minor", "xid")  # fmt: skip
ADDED = "insert into ledger_transfer ({columns})"
HARMS: dict[str, tuple[str, set[tuple[int | None, str]]]] = {
    "a posting's transfers are gone": (
        "delete from ledger_transfer where posting_id = '{redeem}'", {(2, "is gone")},
    ),
    "one transfer is gone": (
        "delete from ledger_transfer where posting_id = '{redeem}' and leg = 2", {(2, "was altered")},
    ),
    "a transfer is put in": (
        ADDED + " select gen_random_uuid(), 1, merchant_id, debit_id, credit_id,"
        " amount_minor, debit_balance_minor, credit_balance_minor, xid from ledger_transfer"
        " where posting_id = '{redeem}' and leg = 1",
        {(2, "was added")},
    ),
    "a leg is put in": (
        ADDED + " select posting_id, 9, merchant_id, debit_id, credit_id,"
        " amount_minor, debit_balance_minor, credit_balance_minor, xid from ledger_transfer"
        " where posting_id = '{redeem}' and leg = 1",
        {(2, "was altered")},
    ),
    "a transfer is put behind the last block": (
        ADDED + " select gen_random_uuid(), 1, merchant_id, debit_id, credit_id,"
        " amount_minor, debit_balance_minor, credit_balance_minor, (select max(last_xid) from ledger_block)"
        " from ledger_transfer where posting_id = '{redeem}' and leg = 1",
        {(None, "was added behind what is closed")},
    ),
    "a posting is gone": ("delete from ledger_posting where id = '{redeem}'", {(2, "was altered")}),
    "a block is gone": ("delete from ledger_block where number = 2", {(3, "the block before it is gone")}),
    "a block's time": (
        "update ledger_block set sealed_at = sealed_at + interval '1 second' where number = 2",
        {(2, "its header is not what was hashed")},
    ),
    "a block's leaves": (
        r"update ledger_block set leaves = set_byte(leaves, 5, get_byte(leaves, 5) # 1) where number = 2",
        {(2, "its leaves are not those of its root"), (2, "was altered")},
    ),
    "a block and its hash": (
        """update ledger_block set sealed_at = now(),
             hash = ledger.block_hash(number, first_leaf, postings, root, previous, now())
           where number = 2""",
        {(3, "does not follow the block before it")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_what_is_dropped_put_in_or_rewritten_is_found(till: Till, admin: Admin, harm: str) -> None:
    statement, expected = HARMS[harm]
    (redeem,) = admin.execute(
        "select id from ledger_posting where kind = 'redeem' and amount_minor = 2000"
    ).fetchone()  # type: ignore[misc]
    admin.execute(statement.format(redeem=redeem, columns=", ".join(["posting_id", *TRANSFER])))
    found = {(one.block, one.what) for one in verify_chain()}
    assert expected <= found, found


def test_two_postings_that_changed_places_are_found(till: Till, admin: Admin) -> None:
    """Both keep their bytes but the transaction they were written by; each is named in its block."""
    admin.execute(
        """with two as (select posting_id, xid, lead(xid, 1, first) over (order by xid) as other
             from (select distinct posting_id, xid, min(xid) over () as first from ledger_transfer t
                   join ledger_posting p on p.id = t.posting_id where p.kind in ('refund', 'capture')) t)
           update ledger_transfer t set xid = two.other from two where t.posting_id = two.posting_id"""
    )
    found = verify_chain()
    assert {(one.block, one.what) for one in found} == {(2, "was altered")}
    assert len({one.posting for one in found}) == 2


def test_only_a_hash_kept_outside_shows_a_chain_made_anew(till: Till, admin: Admin) -> None:
    (head,) = admin.execute("select hash from ledger_block where number = 3").fetchone()  # type: ignore[misc]
    assert verify_chain(head=(3, bytes(head))) == []  # type: ignore[arg-type]
    admin.execute("update ledger_transfer set amount_minor = amount_minor + 1 where leg = 1")
    admin.execute("truncate ledger_block, ledger_block_account")
    admin.execute("update ledger_sealing set xid = 0")
    _seal()
    assert verify_chain() == []
    assert [one.what for one in verify_chain(head=(1, bytes(head)))] == [
        "has another hash than the one that is known"
    ]  # type: ignore[arg-type]
    assert [one.what for one in verify_chain(head=(3, bytes(head)))] == ["is gone, though its hash is known"]  # type: ignore[arg-type]


def test_the_bytes_that_are_sealed_are_those_the_documents_name(till: Till, admin: Admin) -> None:
    """The leaf of one redemption, built here from its rows, field by field."""
    with scope.platform(), reading():
        posting = Posting.objects.get(kind="redeem", amount_minor=2_000)
        legs = list(Transfer.objects.filter(posting=posting).order_by("leg"))
        leaves = bytes(Block.objects.get(number=2).leaves)
    (secret,) = admin.execute("select secret from ledger_sealing").fetchone()  # type: ignore[misc]

    def number(value: int | None) -> bytes:
        return struct.pack(">q", -(2**63) if value is None else value)

    moved = b"".join(
        struct.pack(">h", one.leg) + one.merchant_id.bytes + number(one.debit_id) + number(one.credit_id)
        + number(one.amount_minor) + number(one.debit_balance_minor) + number(one.credit_balance_minor)
        for one in legs
    )  # fmt: skip
    rest = (
        bytes(secret) + number(legs[0].xid) + UUID(int=0).bytes + number(posting.amount_minor)  # type: ignore[arg-type]
        + number(posting.balance_minor) + number(posting.available_minor) + struct.pack(">i", len(legs))
        + moved
        + posting.cause.encode() + b"\0" + posting.actor.encode() + b"\0" + bytes(posting.fingerprint)
    )  # fmt: skip
    instant = (posting.posted_at - datetime(2000, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000
    content = (
        posting.id.bytes + posting.merchant_id.bytes + number(round(instant)) + b"EUR" + b"redeem\0"
        + struct.pack(">i", 1) + number(till.card.account) + number(-2_000) + number(8_000)
        + sha256(rest).digest()
    )  # fmt: skip
    assert sha256(b"\0" + content).digest() == leaves[:32]


def test_a_sealer_that_is_killed_has_sealed_nothing_twice(till: Till, own_database: OwnDatabase) -> None:
    till.redeem(10)
    wait_for_horizon()
    dying = psycopg.connect(own_database.url)
    assert dying.execute("select sealed from ledger.seal(1000000, now())").fetchone() == (1,)
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("select pg_terminate_backend(%s, 5000)", [dying.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        dying.commit()
    assert _seal() == 1
    assert verify_chain() == []


def test_sealers_at_once_beside_writers_seal_each_posting_once(till: Till, own_database: OwnDatabase) -> None:
    """Half of the writers commit long after they wrote: the sealers wait for them, and skip nothing."""

    def write() -> None:
        for _ in range(8):
            till.redeem(1)

    def commit_late() -> None:
        with scope.merchant(till.merchant_id):
            for _ in range(3):
                with transaction():
                    till.redeem(1)
                    with connection.cursor() as cursor:
                        cursor.execute("select pg_sleep(0.1)")

    def keep_sealing() -> int:
        with scope.platform():
            return sum(seal(now=NOON) for _ in range(12))

    counts = together(write, write, commit_late, commit_late, keep_sealing, keep_sealing)
    assert [one for one in counts if isinstance(one, Exception)] == []
    assert counts[4] + counts[5] + _seal() == 22
    with scope.platform(), reading():
        moved = Transfer.objects.values("posting_id").distinct().count()
        assert sum(Block.objects.values_list("postings", flat=True)) == moved
    assert verify_chain() == []


def test_the_chain_is_the_platforms_to_check(till: Till, own_database: OwnDatabase) -> None:
    with (
        psycopg.connect(own_database.url) as app,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="scope of the platform"),
    ):
        app.execute("select * from ledger.check_blocks(1, 3)")


def test_nobody_but_the_ledger_sees_the_secret_or_who_moved(till: Till, own_database: OwnDatabase) -> None:
    with psycopg.connect(own_database.url) as app:
        app.execute("select set_config('app.scope', 'platform', true)")
        assert app.execute("select count(*) from ledger_sealing").fetchone() == (0,)
        assert app.execute("select count(*) from ledger_block_account").fetchone() == (0,)
        assert app.execute("select count(*) from ledger_block").fetchone() == (3,)


def test_blocks_are_never_changed_again(till: Till, own_database: OwnDatabase) -> None:
    for table in ("ledger_block", "ledger_block_account"):
        for change in ("delete from {}", "truncate {}"):
            with (
                psycopg.connect(own_database.admin_url) as operator,
                pytest.raises(psycopg.Error, match="append-only"),
            ):
                operator.execute(change.format(table))
