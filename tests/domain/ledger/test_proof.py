"""A holder's proof of a balance: it checks with one small file, and a forged one does not."""

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from giftwell.domain.ledger import check_proof
from giftwell.domain.ledger.chart.legs import legs
from giftwell.domain.ledger.post import post_one
from giftwell.domain.ledger.proof import (
    BooksUnderReview,
    blocks_from,
    header,
    newest_blocks,
    prove_balance,
    waits_for_seal,
)
from giftwell.domain.ledger.refusals import AccountNotFound
from giftwell.domain.ledger.seal import seal
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from tests.database import OwnDatabase
from tests.domain.redemption.tills import Till
from tests.factories.ledger import NOON, make_ground, make_plastic
from tests.settled import wait_for_horizon

CHECK = Path(check_proof.__file__)


def _seal() -> None:
    wait_for_horizon()
    with scope.platform():
        seal(now=NOON)


class Story:
    """A card that was loaded, spent from, refunded to, and split among three, beside a busy neighbour."""

    def __init__(self) -> None:
        self.till = Till()
        _seal()
        taken = self.till.redeem(2_000)
        Till().redeem(100)
        self.till.refund(taken.id, 500)
        _seal()
        self.others = [make_plastic(self.till.ground, value) for value in (0, 50, 0)]
        card = self.till.card.account
        self.splits([(card, one.account, 1_000 + one.account) for one in self.others])
        _seal()

    def splits(self, parts: list[tuple[int, int, int]]) -> None:
        """One posting from this card to others."""
        ground = self.till.ground
        move = ground.move(f"split:{parts}", legs(*parts), kind="split", subject=self.till.card.account)
        with scope.platform(), transaction():
            assert post_one(move, now=NOON).outcome == "done"

    def proof(self, account: int | None = None) -> dict[str, Any]:
        """The file that a holder gets."""
        found = prove_balance(
            merchant_id=self.till.merchant_id, account_id=account or self.till.card.account
        ).as_dict()
        return json.loads(json.dumps(found))  # type: ignore[no-any-return]


@pytest.fixture
def story(own_database: OwnDatabase) -> Story:
    return Story()


def test_a_proof_checks_with_one_small_file_and_nothing_else(story: Story, tmp_path: Path) -> None:
    left = 8_500 - sum(1_000 + one.account for one in story.others)
    proof, published = story.proof(), [header(block) for block in blocks_from(1)]
    assert (proof["opening_minor"], proof["balance_minor"], proof["is_up_to_date"]) == (0, left, True)
    assert len(proof["postings"]) == 4
    (tmp_path / "proof.json").write_text(json.dumps(proof))
    (tmp_path / "blocks.json").write_text(json.dumps({"blocks": published}))
    for names in (["proof.json"], ["proof.json", "blocks.json"]):
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(CHECK), *names], cwd=tmp_path, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"4 movements in 3 blocks, from 0 to {left} minor units of EUR" in done.stdout
    assert check_proof.main([]) == 2


def test_each_part_of_a_split_proves_its_own_side_and_nothing_of_the_others(story: Story) -> None:
    for one in story.others:
        proof = story.proof(one.account)
        assert f"to {proof['balance_minor']} minor" in check_proof.check(proof)
        assert proof["balance_minor"] in (1_000 + one.account, 1_050 + one.account)
    said = json.dumps(story.proof(story.others[0].account))
    for other in (story.till.card, *story.others[1:]):
        assert f'"{other.account}"' not in said
        assert other.account.to_bytes(8).hex() not in said


def test_what_is_not_sealed_yet_is_said(story: Story) -> None:
    assert waits_for_seal() is False
    story.till.redeem(7)
    assert waits_for_seal() is True
    assert story.proof()["is_up_to_date"] is False
    fresh = make_plastic(story.till.ground, 10)
    empty = story.proof(fresh.account)
    assert (empty["postings"], empty["balance_minor"], empty["is_up_to_date"]) == ([], 0, False)
    _seal()
    assert story.proof()["is_up_to_date"] is True


def _forgeries(proof: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    def forged(change: Any) -> dict[str, Any]:
        other = copy.deepcopy(proof)
        change(other)
        return other

    first, middle, last = proof["postings"][0], proof["postings"][1], proof["postings"][-1]
    flipped = bytes.fromhex(middle["content"])
    flipped = flipped[:-1] + bytes([flipped[-1] ^ 1])
    return [
        ("another balance", forged(lambda p: p.update(balance_minor=p["balance_minor"] + 1))),
        ("another opening", forged(lambda p: p.update(opening_minor=5))),
        ("another account", forged(lambda p: p.update(account=p["account"] + 1))),
        ("a movement left out", forged(lambda p: p["postings"].pop(1))),
        ("a movement twice", forged(lambda p: p["postings"].insert(1, p["postings"][0]))),
        ("another order", forged(lambda p: p["postings"].reverse())),
        ("another amount", forged(lambda p: p["postings"][0].update(change_minor=1, balance_minor=1))),
        ("another byte", forged(lambda p: p["postings"][1].update(content=flipped.hex()))),
        ("another side", forged(lambda p: p["postings"][-1].update(change_minor=last["change_minor"] + 1))),
        ("another blind", forged(lambda p: p["postings"][-1].update(blind="00" * 32))),
        ("another place", forged(lambda p: p["postings"][1].update(place=middle["place"] + 1))),
        ("a short path", forged(lambda p: p["postings"][0]["path"].pop())),
        ("a long path", forged(lambda p: p["postings"][0]["path"].append(first["path"][0]))),
        ("no header", forged(lambda p: p["blocks"].pop(0))),
        ("another root", forged(lambda p: p["blocks"][0].update(root="11" * 32))),
        ("another time", forged(lambda p: p["blocks"][0].update(sealed_at="2020-01-01T00:00:00+00:00"))),
        ("another kind of file", forged(lambda p: p.update(format="x"))),
    ]


def test_a_forged_proof_does_not_check(story: Story) -> None:
    proof = story.proof()
    for what, forged in _forgeries(proof):
        with pytest.raises(check_proof.Wrong):
            pytest.fail(f"{what}: {check_proof.check(forged)}")


def test_a_chain_other_than_the_published_one_does_not_check(story: Story, tmp_path: Path) -> None:
    proof, published = story.proof(), [header(block) for block in blocks_from(1)]
    with pytest.raises(check_proof.Wrong, match="does not follow"):
        check_proof.check(proof, [published[0], *published[2:]])
    with pytest.raises(check_proof.Wrong, match="not the one that was published"):
        check_proof.check(proof, published[1:])
    (tmp_path / "proof.json").write_text(json.dumps({**proof, "balance_minor": 1}))
    assert check_proof.main([str(tmp_path / "proof.json")]) == 1


def test_published_headers_are_read_from_either_end(story: Story) -> None:
    numbers = [block.number for block in blocks_from(1)]
    assert numbers == sorted(numbers)
    assert [one.number for one in newest_blocks(limit=2)] == numbers[:-3:-1]
    assert [one.number for one in newest_blocks(before=3)] == [2, 1]
    assert newest_blocks(limit=1)[0].sealed_at == NOON


def test_there_is_no_proof_for_what_is_not_yours_or_not_guarded(story: Story) -> None:
    elsewhere = make_ground()
    for merchant, account in (
        (elsewhere.merchant_id, story.till.card.account),
        (story.till.merchant_id, story.till.ground.pending),
    ):
        with pytest.raises(AccountNotFound):
            prove_balance(merchant_id=merchant, account_id=account)


def test_there_is_no_proof_over_books_that_were_altered(story: Story, own_database: OwnDatabase) -> None:
    with psycopg.connect(own_database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")
        admin.execute("update ledger_posting set actor = 'x' where kind = 'redeem'")
    with pytest.raises(BooksUnderReview):
        story.proof()
