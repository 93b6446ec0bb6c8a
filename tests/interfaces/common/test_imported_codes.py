"""A code of another system at every door of its shop: till, point of sale, REST and the balance page."""

from django.test import Client

from giftwell.domain.ledger.verify import verify
from giftwell.foundation.tenancy.models import Merchant
from giftwell.interfaces.common import limiting
from tests.database import OwnDatabase
from tests.factories.bulk import cards_of_batch, imported
from tests.factories.cards import balance_minor, code_of
from tests.factories.catalog import make_shop
from tests.factories.identity import make_member
from tests.interfaces.api.caller import caller_for
from tests.interfaces.pos.tills import Till as PosTill
from tests.interfaces.pos.tills import at_the_till
from tests.interfaces.till.conftest import Till

_FILE = b"code,balance\nold-1234 5678-x,50\n"
_TYPED = "OLD 12345678x"


def shop_with_an_old_card() -> tuple[Merchant, Till]:
    """A shop whose only card was brought along, and its cashier's browser."""
    merchant = make_shop()
    (card,) = cards_of_batch(imported(merchant, _FILE))
    browser, cashier = Client(), make_member(merchant, "cashier")
    browser.force_login(cashier)
    return merchant, Till(merchant, cashier, card, code_of(card), browser)


def test_an_old_code_is_spent_at_each_door_and_tells_its_balance(own_database: OwnDatabase) -> None:
    limiting._limiter.cache_clear()
    merchant, till = shop_with_an_old_card()

    found = till.browser.post(till.home, {"code": _TYPED})
    assert found.headers["Location"] == till.keypad
    key = str(till.browser.get(till.keypad).context["key"])
    till.browser.post(till.keypad, {"key": key, "amount_minor": 1000})
    assert balance_minor(till.card) == 4000

    async def at_the_counter(pos: PosTill) -> list[int]:
        asked = await pos.post("balance", {"code": _TYPED}, key=None)
        spent = await pos.post("redemptions", {"code": _TYPED, "amount_minor": 1500, "currency": "EUR"})
        return [asked.json()["balance_minor"], spent.json()["balance_minor"]]

    assert at_the_till(own_database, merchant, at_the_counter) == [4000, 2500]

    body = {"code": _TYPED, "amount_minor": 500, "currency": "EUR"}
    assert caller_for(merchant).post("redemptions", body).json()["balance_minor"] == 2000
    page = Client().post(f"/shops/{merchant.slug}/balance/", {"code": _TYPED}).content.decode()
    assert "€20.00" in page
    assert verify() == []
