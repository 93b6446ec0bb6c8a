"""The proof of a balance: whoever may have it downloads it, checks it with what is published, and nobody
else gets it.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from giftwell.domain.cards.models import Card
from giftwell.domain.ledger.seal import seal
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.interfaces.common import proofs
from giftwell.interfaces.common.limiting import per_minute
from giftwell.kit.clock import now
from giftwell.kit.money import Money
from tests.factories.cards import code_of, make_sold_card
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_person
from tests.interfaces.console.conftest import owner_of
from tests.interfaces.wallet.people import Holder, kept
from tests.settled import wait_for_horizon

pytestmark = pytest.mark.usefixtures("own_database")


def _spent_from(merchant: Merchant, holder: Holder) -> Card:
    """A card of 50.00 in a wallet, of which 12.00 was spent; all of it sealed, in two blocks."""
    card = kept(make_sold_card(merchant), holder)
    _seal()
    redeem(
        merchant_id=merchant.id,
        code=code_of(card),
        amount=Money(1200, "EUR"),
        key="a",
        actor=TESTS,
        now=now(),
    )
    _seal()
    return card


def _seal() -> None:
    wait_for_horizon()
    with scope.platform():
        seal(now=now())


def _browser_of(merchant: Merchant) -> Client:
    browser = Client()
    browser.force_login(owner_of(merchant))
    return browser


def test_holder_and_shop_download_a_proof_that_the_published_file_checks(tmp_path: Path) -> None:
    merchant, holder = make_shop(), Holder(make_person())
    card = _spent_from(merchant, holder)
    in_console = f"/console/{merchant.slug}/cards/{card.public_id}/"
    for page, browser in ((holder.at(card), holder.browser), (in_console, _browser_of(merchant))):
        assert f'href="{page}proof.json"' in browser.get(page).content.decode()
        answer = browser.get(f"{page}proof.json")
        assert answer["Content-Disposition"] == f'attachment; filename="giftwell-proof-{card.last4}.json"'
        (tmp_path / "proof.json").write_bytes(answer.content)
        stranger = Client()
        for name in ("check_proof.py", "blocks.json"):
            (tmp_path / name).write_bytes(stranger.get(f"/proofs/{name}").content)
        done = subprocess.run(
            [sys.executable, "-I", "-S", "check_proof.py", "proof.json", "blocks.json"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "2 movements in 2 blocks, from 0 to 3800 minor units of EUR" in done.stdout
        proof = json.loads(answer.content)
        assert (proof["card"], proof["last4"]) == (card.public_id, card.last4)
        assert proof["check_with"] == "http://testserver/proofs/"
        assert code_of(card) not in answer.content.decode()


def test_nobody_else_gets_a_proof() -> None:
    merchant, holder = make_shop(), Holder(make_person())
    card = _spent_from(merchant, holder)
    other = make_shop()
    somebody = Holder(make_person())
    assert somebody.browser.get(somebody.at(card, "proof.json")).status_code == 404
    elsewhere = f"/console/{other.slug}/cards/{card.public_id}/proof.json"
    assert _browser_of(other).get(elsewhere).status_code == 404
    at_home = f"/console/{merchant.slug}/cards/{card.public_id}/proof.json"
    assert _browser_of(other).get(at_home).status_code == 404
    for address in (holder.at(card, "proof.json"), at_home):
        assert Client().get(address).status_code == 302


def test_making_proofs_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "A_PERSON", per_minute(2))
    holder = Holder(make_person())
    card = _spent_from(make_shop(), holder)
    answers = [holder.browser.get(holder.at(card, "proof.json")) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"]


def test_what_is_published_is_hashes_from_either_end() -> None:
    empty = Client().get("/proofs/")
    assert b'class="empty"' in empty.content
    card = _spent_from(make_shop(), Holder(make_person()))
    page = Client().get("/proofs/").content.decode()
    blocks = json.loads(Client().get("/proofs/blocks.json").content)["blocks"]
    assert [one["number"] for one in blocks] == [1, 2]
    assert all(one["hash"] in page for one in blocks)
    assert card.last4 not in json.dumps(blocks)
    assert blocks[0]["hash"] not in Client().get("/proofs/?before=1").content.decode()
    assert json.loads(Client().get("/proofs/blocks.json?from=2").content)["blocks"] == blocks[1:]
    for nonsense in ("-1", "x", "9" * 40, "1.5", "٣"):
        assert Client().get("/proofs/", {"before": nonsense}).status_code == 200
        assert Client().get("/proofs/blocks.json", {"from": nonsense}).status_code == 200
