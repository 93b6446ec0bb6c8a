"""A shop that has sold a card, spent a part of it and given one away, and browsers for its people."""

from dataclasses import dataclass

import pytest
from django.test import Client

from giftwell.domain.cards.models import Card
from giftwell.domain.catalog.models import Product
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.identity.models import Membership, User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money
from tests.factories.cards import code_of, make_promo_card
from tests.factories.catalog import make_shop as make_bare_shop
from tests.factories.identity import location_of, make_member
from tests.factories.orders import lines_of, make_fulfilled_order, make_shop


@dataclass(frozen=True, slots=True)
class Desk:
    """What a test at a merchant's desk has at hand."""

    merchant: Merchant
    owner: User
    browser: Client
    product: Product
    order: Order
    line: OrderLine
    given: Card
    redemption: str

    @property
    def home(self) -> str:
        """The first page's address."""
        return f"/console/{self.merchant.slug}/"

    def at(self, path: str) -> str:
        """A page of this desk."""
        return self.home + path

    def page(self, path: str) -> str:
        """The text of a page of this desk, which has to be there."""
        answer = self.browser.get(self.at(path))
        assert answer.status_code == 200, path
        return answer.content.decode()

    def pages(self) -> list[str]:
        """Every page that can be looked at."""
        card, order = self.line.card.public_id, self.order.public_id
        acts = ("load", "move", "merge", "split", "replace", "adjust")
        return [
            "", "figures.csv", "cards/", "cards/issue/", f"cards/{card}/", f"cards/{card}/close/",
            *(f"cards/{card}/{act}/" for act in acts), "adjustments/", "adjustments/?show=open", "orders/",
            f"orders/{order}/", f"orders/{order}/refund/{self.line.public_id}/", "redemptions/",
            *(f"redemptions/{self.redemption}/{end}" for end in ("", "refund/", "undo/")),
            "authorizations/", "products/", "products/new/",
            f"products/{self.product.public_id}/", "programs/", "programs/new/",
            f"programs/{self.product.program.public_id}/", "brand/", "designs/", "locations/",
            f"locations/{location_of(self.merchant).public_id}/", "team/", "developers/",
        ]  # fmt: skip


def browser_of(user: User) -> Client:
    """A browser in which this person is signed in."""
    browser = Client()
    browser.force_login(user)
    return browser


def owner_of(merchant: Merchant) -> User:
    """The owner that a shop was made with."""
    with scope.merchant(merchant.id), reading():
        return Membership.objects.select_related("user").get(merchant=merchant, role="owner").user


@pytest.fixture
def desk(db: None) -> Desk:
    """A shop in the middle of its day: 50.00 sold for 45.00, 20.00 of it spent, and 10.00 given away."""
    shop = make_shop()
    merchant = shop.merchant
    order = make_fulfilled_order(shop)
    (line,) = lines_of(order)
    cashier = make_member(merchant, "cashier")
    made = redeem(
        merchant_id=merchant.id,
        code=code_of(line.card),
        amount=Money(2000, "EUR"),
        key="lunch",
        location_id=location_of(merchant).id,
        actor=Actor.person(cashier.id),
        now=now(),
    )
    owner = owner_of(merchant)
    return Desk(
        merchant=merchant,
        owner=owner,
        browser=browser_of(owner),
        product=shop.product,
        order=order,
        line=line,
        given=make_promo_card(merchant, 1000),
        redemption=public_id("red", made.id),
    )


@pytest.fixture
def empty(db: None) -> tuple[Client, str]:
    """A shop on its first day, and its desk's address."""
    merchant = make_bare_shop()
    return browser_of(owner_of(merchant)), f"/console/{merchant.slug}/"
