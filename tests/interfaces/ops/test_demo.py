"""The demo is whole, true to the books, and the same when it is built again."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from giftwell.domain.cards.models import Card
from giftwell.domain.cards.queries import with_balance
from giftwell.domain.catalog.models import Product
from giftwell.domain.ledger.verify import verify
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.identity.find_api_key import find_api_key
from giftwell.foundation.identity.models import Membership, User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import READ_SCOPES, SCOPES
from giftwell.interfaces.ops.commands.demo import demo as demo_command
from giftwell.interfaces.ops.demo import PasswordIsUnknown, build_demo, welcome
from giftwell.interfaces.ops.demo_secrets import DemoFileIsBroken
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id
from giftwell.kit.money import Money
from tests.domain.books import books, credit_of

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: Any) -> Path:
    """A data folder of the test's own."""
    settings.DATA_DIR = tmp_path
    return tmp_path


def _merchant(answer: dict[str, Any]) -> Merchant:
    with scope.platform(), reading():
        return Merchant.objects.get(id=parse_id("mer", answer["id"]))


def test_the_demo_has_all_that_is_promised_and_a_second_one_is_the_same(data_dir: Path) -> None:
    first = build_demo()
    fern, hollis = first["merchants"]
    assert (fern["name"], hollis["name"]) == ("Fern & Flour", "Hollis & Reed")
    for way in (fern["owner"], fern["cashier"], hollis["owner"], hollis["cashier"], first["buyer"]):
        assert User.objects.get(email=way["email"]).check_password(way["password"])
    for shop in (fern, hollis):
        merchant = _merchant(shop)
        for name, scopes in (("api_key", set(SCOPES)), ("read_api_key", set(READ_SCOPES))):
            found = find_api_key(shop[name], now=now())
            assert found is not None
            assert (found.merchant_id, set(found.scopes)) == (merchant.id, scopes)
        with scope.merchant(merchant.id), reading():
            roles = set(Membership.objects.filter(merchant=merchant).values_list("user__email", "role"))
        assert roles == {(shop["owner"]["email"], "owner"), (shop["cashier"]["email"], "cashier")}
    cards = [card for card in first["cards"] if card["merchant"] == fern["id"]]
    assert len(cards) >= 2
    assert all(card["balance_minor"] > 0 for card in cards)
    with scope.public(), reading():
        assert Product.objects.published().filter(merchant=_merchant(fern)).count() == 2

    again = CliRunner().invoke(demo_command, ["--json"])
    assert json.loads(again.stdout) == first
    assert fern["owner"]["password"] in welcome(first)
    assert stat.S_IMODE((data_dir / "demo.json").stat().st_mode) == 0o600


def test_the_demos_books_balance() -> None:
    fern = _merchant(build_demo()["merchants"][0])
    # 50, 100 and 25 were sold at 48, 92 and 25; 12.50, 20 and 36.80 were spent at five per cent commission;
    # 20 and 50 were given away.
    assert credit_of("card", owner=fern.id) == 17_500 - 6930 + 7000
    assert credit_of("issued", owner=fern.id) == -7000
    commission = 63 + 100 + 184
    assert credit_of("pending", owner=fern.id) == 6930 - commission - 200 - 800
    assert books() == {"processor:sandbox": -16_500, "commission": commission}
    assert verify() == []


def test_the_buyer_keeps_a_card_of_each_shop_that_was_spent_from() -> None:
    demo = build_demo()
    buyer = User.objects.get(email=demo["buyer"]["email"])
    for shop in demo["merchants"]:
        merchant = _merchant(shop)
        with scope.merchant(merchant.id), reading():
            kept = with_balance(Card.objects.filter(merchant=merchant, holder_id=buyer.id)).get()
        assert 0 < kept.balance_minor < kept.face_value_minor


def test_a_visitor_who_spends_every_card_finds_new_ones() -> None:
    first = build_demo()
    fern = first["merchants"][0]
    for number, card in enumerate(card for card in first["cards"] if card["merchant"] == fern["id"]):
        redeem(
            merchant_id=_merchant(fern).id, code=card["code"], amount=Money(card["balance_minor"], "EUR"),
            key=f"visitor{number}", actor=Actor.anonymous(), now=now(),
        )  # fmt: skip
    cards = [card for card in build_demo()["cards"] if card["merchant"] == fern["id"]]
    assert len(cards) == 2
    assert not {card["id"] for card in cards} & {card["id"] for card in first["cards"]}


def test_a_building_that_was_cut_off_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(*_args: object, **_words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr("giftwell.interfaces.ops.demo_story._spend", cut_off)
        with pytest.raises(KeyboardInterrupt):
            build_demo()
    fern = _merchant(build_demo()["merchants"][0])
    assert credit_of("card", owner=fern.id) == 17_500 - 6930 + 7000


def test_lost_passwords_are_said_and_not_replaced(data_dir: Path) -> None:
    build_demo()
    (data_dir / "demo.json").unlink()
    with pytest.raises(PasswordIsUnknown):
        build_demo()


@pytest.mark.parametrize("words", ["{", "[]"])
def test_a_broken_file_is_said(words: str, data_dir: Path) -> None:
    (data_dir / "demo.json").write_text(words)
    with pytest.raises(DemoFileIsBroken):
        build_demo()
