"""Audit rows are sealed in order, once; whatever is changed afterwards is found, and where."""

from collections.abc import Iterator
from itertools import pairwise

import psycopg
import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection

from giftwell.foundation.audit.attempts import note_refusal
from giftwell.foundation.audit.models import AuditRow, Block
from giftwell.foundation.audit.seal import seal_audit
from giftwell.foundation.audit.verify_chain import verify_audit
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.interfaces.ops.commands.audit import audit
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from tests.database import OwnDatabase
from tests.domain.racing import together
from tests.factories.identity import make_merchant
from tests.settled import wait_for_horizon

type Admin = psycopg.Connection[tuple[object, ...]]


def _tell(subject: str) -> None:
    note_refusal(
        "card.redeemed", actor=Actor.command("tests"), subject=subject, reason="card_is_frozen",
        merchant_id=None, at=now(),
    )  # fmt: skip


def _seal() -> int:
    wait_for_horizon()
    with scope.platform():
        return seal_audit(now=now())


def _rows() -> list[AuditRow]:
    with scope.platform(), reading():
        return list(AuditRow.objects.order_by("xid", "id"))


def _blocks() -> list[Block]:
    with scope.platform(), reading():
        return list(Block.objects.order_by("number"))


@pytest.fixture
def admin(own_database: OwnDatabase) -> Iterator[Admin]:
    """Three blocks, and an operator who can do harm: triggers and keys are off."""
    for n in range(3):
        make_merchant()
        _tell(f"card_{n}")
        _seal()
    assert verify_audit() == []
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        yield admin


def test_each_row_is_sealed_once_and_in_order(admin: Admin) -> None:
    blocks, rows = _blocks(), _rows()
    assert [block.number for block in blocks] == [1, 2, 3]
    assert sum(block.size for block in blocks) == len(rows)
    assert [block.first_leaf for block in blocks] == [0, blocks[0].size, len(rows) - blocks[2].size]
    assert bytes(blocks[0].previous) == bytes(32)
    assert all(bytes(b.previous) == bytes(a.hash) for a, b in pairwise(blocks))
    assert _seal() == 0
    assert str(blocks[0]) == "block 1 of the audit"


HARM = {
    "id": "gen_random_uuid()", "merchant_id": "gen_random_uuid()", "action": "action || 'x'",
    "outcome": "'failed'", "reason": "reason || 'x'", "subject": "subject || 'x'", "actor": "actor || 'x'",
    "changes": "'{}'::jsonb",
    "request_id": "request_id || 'x'", "at": "at + interval '1 microsecond'", "xid": "xid - 1",
}  # fmt: skip


def test_every_column_that_is_altered_is_found_and_its_row_named(admin: Admin) -> None:
    row = next(one for one in _rows() if one.subject == "card_1")
    assert {field.column for field in AuditRow._meta.fields} == set(HARM), (
        "a column that nobody tries to alter"
    )
    for column, harm in HARM.items():
        admin.execute(f"create temp table kept as select * from audit_auditrow where id = '{row.id}'")
        (altered,) = admin.execute(
            f"update audit_auditrow set {column} = {harm} where id = '{row.id}' returning id"
        ).fetchone() or ("",)
        found = verify_audit()
        admin.execute(f"delete from audit_auditrow where id = '{altered}'")
        admin.execute("insert into audit_auditrow select * from kept; drop table kept")
        assert found, column
        assert {one.block for one in found} <= {1, 2, 3}, (column, found)
        if column not in ("id", "xid"):
            (one,) = found
            assert (one.block, one.row, one.what) == (2, row.public_id, "was altered"), column
    assert verify_audit() == []


ADDED = (
    "insert into audit_auditrow"
    " (id, merchant_id, action, outcome, reason, subject, actor, request_id, at, xid)"
    " select '00000000-0000-0000-0000-000000000001', merchant_id, action, outcome, reason, subject, actor,"
    " request_id, at, {xid}"
    " from audit_auditrow where subject = 'card_1'"
)
HARMS: dict[str, tuple[str, set[tuple[int | None, str]]]] = {
    "a row is gone": ("delete from audit_auditrow where subject = 'card_1'", {(2, "is gone")}),
    "a row is put in": (ADDED.format(xid="xid"), {(2, "was added")}),
    "a row is put behind the last block": (
        ADDED.format(xid="(select xid - 1 from audit_sealing)"), {(None, "was added behind what is closed")},
    ),
    "a block is gone": ("delete from audit_block where number = 2", {(3, "the block before it is gone")}),
    "a block's time": (
        "update audit_block set sealed_at = sealed_at + interval '1 second' where number = 2",
        {(2, "its header is not what was hashed")},
    ),
    "a block's leaves": (
        r"update audit_block set leaves = set_byte(leaves, 5, get_byte(leaves, 5) # 1) where number = 2",
        {(2, "its leaves are not those of its root")},
    ),
    "a block and its hash": (
        """update audit_block set root = sha256(root) where number = 2;
        update audit_block set hash = audit.block_hash(number, first_leaf, size, root, previous, sealed_at)
        where number = 2""",
        {(2, "its leaves are not those of its root"), (3, "does not follow the block before it")},
    ),
    "everything, before a block": ("delete from audit_block", {(None, "was added behind what is closed")}),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS)
def test_what_is_removed_or_added_is_found(harm: str, admin: Admin) -> None:
    statement, expected = HARMS[harm]
    admin.execute(statement)
    assert expected <= {(one.block, one.what) for one in verify_audit()}


def test_a_chain_made_anew_is_told_by_a_head_that_was_kept_elsewhere(admin: Admin) -> None:
    kept = CliRunner().invoke(audit, ["head"]).output.strip()
    assert kept == f"3:{bytes(_blocks()[2].hash).hex()}"
    assert CliRunner().invoke(audit, ["verify", "--head", kept]).exit_code == 0
    admin.execute("update audit_auditrow set actor = 'command:other' where subject = 'card_0'")
    admin.execute("delete from audit_block")
    admin.execute("update audit_sealing set xid = 0")
    _seal()
    assert verify_audit() == []
    answer = CliRunner().invoke(audit, ["verify", "--head", kept])
    assert (answer.exit_code, answer.output) == (1, "Block 3: is gone, though its hash is known\n")
    (block,) = _blocks()
    other = f"1:{bytes(block.previous).hex()}"
    assert "has another hash" in CliRunner().invoke(audit, ["verify", "--head", other]).output


def test_the_command_names_the_row(admin: Admin) -> None:
    row = next(one for one in _rows() if one.subject == "card_2")
    admin.execute("update audit_auditrow set reason = 'other' where id = %s", [row.id])
    answer = CliRunner().invoke(audit, ["verify"])
    assert answer.exit_code == 1
    assert f"row {row.public_id} was altered" in answer.output
    assert row.public_id in CliRunner().invoke(audit, ["verify", "--json"]).output


def test_two_sealers_at_once_seal_each_row_once(own_database: OwnDatabase) -> None:
    for n in range(5):
        _tell(f"card_{n}")
    wait_for_horizon()

    def one() -> int:
        with scope.platform():
            return seal_audit(now=now())

    together(*[one] * 4)
    assert sum(block.size for block in _blocks()) == len(_rows())
    assert verify_audit() == []


def test_what_a_transaction_still_open_wrote_is_sealed_once_it_ends(own_database: OwnDatabase) -> None:
    _seal()
    before = len(_rows())
    with psycopg.connect(own_database.url) as slow:
        slow.execute("select pg_current_xact_id()")
        _tell("card_late")
        with scope.platform():
            assert seal_audit(now=now()) == 0
        slow.commit()
    assert _seal() == len(_rows()) - before == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "harm", ["update audit_block set size = 1", "delete from audit_block", "update audit_sealing set xid = 0"]
)
def test_the_application_may_not_touch_the_chain(harm: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), scope.platform(), transaction():
        connection.cursor().execute(harm)


@pytest.mark.django_db
def test_a_merchant_sees_neither_chain_nor_check() -> None:
    with scope.merchant(make_merchant().id), reading():
        assert not Block.objects.exists()
    with pytest.raises(DatabaseError, match="scope of the platform"), transaction():
        connection.cursor().execute("select * from audit.check_blocks(1, 2)")
