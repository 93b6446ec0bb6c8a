"""`giftwell verify` is silent over a sound database and names the rows of a breach."""

import json

import psycopg
import pytest
from click.testing import CliRunner

from giftwell.domain.cards.close_card import close_card
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.models import Card, FreezeReason
from giftwell.domain.cards.unfreeze_card import unfreeze_card
from giftwell.domain.ledger.models import Block, Transfer
from giftwell.domain.ledger.seal import seal
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops.commands.verify import verify
from giftwell.kit.clock import now
from tests.database import OwnDatabase
from tests.factories.cards import make_pending_card, make_promo_card
from tests.factories.catalog import make_program
from tests.factories.identity import TESTS
from tests.factories.orders import lines_of, make_fulfilled_order, make_order, make_shop
from tests.settled import wait_for_horizon


def _tell_stories() -> Card:
    """Cards in every state, at two merchants; gives back one that is active."""
    for shop in (make_shop(), make_shop()):
        merchant = shop.merchant
        make_order(shop)
        make_promo_card(merchant, program=make_program(merchant, funding="direct"))
        frozen, thawed = make_promo_card(merchant), make_promo_card(merchant)
        for reason in (FreezeReason.HOLDER, FreezeReason.RISK):
            freeze_card(merchant_id=merchant.id, card_id=frozen.id, reason=reason, actor=TESTS, now=now())
        words = {"merchant_id": merchant.id, "card_id": thawed.id, "actor": TESTS}
        freeze_card(**words, reason=FreezeReason.MERCHANT, now=now())
        unfreeze_card(**words, reason=FreezeReason.MERCHANT, now=now())
        for ended in (make_pending_card(merchant), make_promo_card(merchant)):
            close_card(merchant_id=merchant.id, card_id=ended.id, actor=TESTS, now=now())
        (line,) = lines_of(make_fulfilled_order(shop))
    return line.card


FOREIGN_PROGRAM = """
update cards_card set program_id = (
  select id from catalog_program g where g.merchant_id <> cards_card.merchant_id limit 1)
where id = %s
"""
FOREIGN_ACCOUNT = """
update catalog_program set pending_account_id = (
  select id from ledger_account a
  where a.kind = 'pending' and a.merchant_id <> catalog_program.merchant_id limit 1)
where id = (select program_id from cards_card where id = %s)
"""
CLOSED = "update cards_card set status = 'closed', close_reason = 'fraud', closed_at = now() where id = %s"
SABOTAGE = {
    "was loaded once, with its face value": (
        "update cards_card set face_value_minor = face_value_minor + 1 where id = %s"
    ),
    "frozen while a reason stands": "update cards_card set status = 'frozen' where id = %s",
    "beginning and end of a card was told": CLOSED,
    "of its program's merchant and currency": FOREIGN_PROGRAM,
    "a program's accounts are its merchant's": FOREIGN_ACCOUNT,
}


@pytest.mark.parametrize("law", SABOTAGE)
def test_a_breach_is_found_and_its_rows_are_named(law: str, own_database: OwnDatabase) -> None:
    card = _tell_stories()
    assert CliRunner().invoke(verify, []).output == ""
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        assert admin.execute(SABOTAGE[law], [card.id]).rowcount == 1
    found = CliRunner().invoke(verify, ["--json"])
    assert found.exit_code == 1
    answer = json.loads(found.stdout)
    assert not answer["sound"]
    (breach,) = [one for one in answer["breaches"] if law in one["says"]]
    assert breach["count"] >= 1
    said = CliRunner().invoke(verify, [])
    assert said.exit_code == 1
    assert f"Law {breach['law']} is broken" in said.stderr


def test_one_altered_byte_in_a_closed_block_is_found_and_located(own_database: OwnDatabase) -> None:
    for _ in range(2):
        _tell_stories()
        wait_for_horizon()
        with scope.platform():
            seal(now=now())
    assert CliRunner().invoke(verify, ["--chain"]).output == ""
    with scope.platform(), reading():
        first, last = Block.objects.order_by("number")
        posting = Transfer.objects.filter(xid__lte=first.last_xid).order_by("xid").first().posting
    head = f"{last.number}:{bytes(last.hash).hex()}"
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute(
            "update ledger_posting set cause = overlay(cause placing 'x' from 3) where id = %s", [posting.id]
        )
    found = CliRunner().invoke(verify, ["--chain", "--head", head])
    assert found.exit_code == 1
    assert f"Block {first.number}, place 0: posting {posting.public_id} was altered" in found.stderr
    assert "transfer leg 1:" in found.stderr
    said = json.loads(CliRunner().invoke(verify, ["--chain", "--json"]).stdout)
    assert not said["sound"]
    assert [(one["block"], one["posting"]) for one in said["findings"]] == [(1, posting.public_id)]


@pytest.mark.django_db
@pytest.mark.parametrize("head", ["1", "x:00", "0:" + "00" * 32, "1:" + "0" * 63, "1:" + "zz" * 32])
def test_a_head_that_cannot_be_one_is_refused(head: str) -> None:
    found = CliRunner().invoke(verify, ["--chain", "--head", head])
    assert found.exit_code == 2
    assert "NUMBER:HASH" in found.stderr
