"""Money, fourth part: what an amount is, and what nobody may edit or delete."""

import asyncio

import pytest
from django.db import DatabaseError, connection
from django.db.models import ProtectedError, RestrictedError
from django.test import Client

from giftwell.domain.cards.models import Card
from giftwell.domain.catalog.edit_product import edit_product
from giftwell.domain.catalog.rules import ProductDetails
from giftwell.domain.orders.fulfil_order import fulfil_order
from giftwell.domain.orders.models import OrderLine
from giftwell.domain.redemption.redeem import redeem
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from giftwell.kit.money import CurrencyMismatch, Money
from tests.database import OwnDatabase
from tests.domain.books import postings
from tests.factories.cards import balance_minor, code_of, make_promo_card, make_sold_card, read
from tests.factories.catalog import make_shop as make_bare_shop
from tests.factories.identity import TESTS, make_member
from tests.factories.orders import lines_of, make_fulfilled_order, make_shop
from tests.factories.payments import hear, payment_of
from tests.hostile.ground import browser_of, written
from tests.hostile.test_money_paying import GIFT
from tests.interfaces.api.caller import caller_for, fresh_key
from tests.interfaces.console.conftest import owner_of
from tests.interfaces.pos.tills import Till, at_the_till

# As JSON spells them: each is no whole number of minor units above zero that an amount can be.
NO_AMOUNTS = ("12.5", "1000.0", "1e3", "true", '"1000"', "null", "0", "-1", "1e400", "10000000000000", "[1]")


@pytest.mark.line("money-10")
@pytest.mark.parametrize("amount", NO_AMOUNTS)
def test_what_is_no_whole_amount_takes_nothing_by_rest(db: None, amount: str) -> None:
    merchant = make_bare_shop()
    card = make_promo_card(merchant, 5000)
    api = caller_for(merchant)
    headers = {"Authorization": f"Bearer {api.secret}", "Idempotency-Key": fresh_key()}
    body = f'{{"code": "{code_of(card)}", "currency": "EUR", "amount_minor": {amount}}}'
    answer = api.client.post("/v1/redemptions", body, "application/json", headers=headers)
    assert answer.status_code == 422, answer.content
    assert balance_minor(card) == 5000


@pytest.mark.line("money-10")
def test_what_is_no_whole_amount_takes_nothing_at_the_point_of_sale(own_database: OwnDatabase) -> None:
    merchant = make_bare_shop()
    card = make_promo_card(merchant, 5000)
    bodies = [
        f'{{"code": "{code_of(card)}", "currency": "EUR", "amount_minor": {amount}}}'.encode()
        for amount in NO_AMOUNTS
    ]

    async def story(till: Till) -> set[int]:
        asked = [till.post(path, body) for path in ("redemptions", "authorizations") for body in bodies]
        return {answer.status_code for answer in await asyncio.gather(*asked)}

    assert at_the_till(own_database, merchant, story) <= {400, 422}
    assert (balance_minor(card), read(card).held_minor) == (5000, 0)  # type: ignore[attr-defined]


@pytest.mark.line("money-10")
@pytest.mark.parametrize(
    "amount", ["12,345.678", "1e3", "NaN", "Infinity", "-5", "0", "٣", "1" * 30, "0.001"]
)
def test_what_is_no_amount_takes_nothing_at_the_till(db: None, amount: str) -> None:
    merchant = make_bare_shop()
    card = make_promo_card(merchant, 5000)
    till = browser_of(make_member(merchant, "cashier"))
    keypad = till.post(f"/till/{merchant.slug}/", {"code": code_of(card)}).headers["Location"]
    assert till.post(keypad, {"key": "", "amount": amount}).status_code == 200
    assert till.post(keypad, {"key": "", "amount_minor": amount}).status_code in {200, 302}
    assert balance_minor(card) == 5000


DECIMALS = [("EUR", "37.50", 3750), ("JPY", "3750", 3750), ("KWD", "37.505", 37_505)]


@pytest.mark.line("money-10")
@pytest.mark.parametrize(("currency", "typed", "minor"), DECIMALS)
def test_each_currency_keeps_its_own_decimals_from_the_shelf_to_the_till(
    db: None, currency: str, typed: str, minor: int
) -> None:
    shop = make_shop(currency=currency, values=())
    merchant = shop.merchant
    form = {**GIFT, "value": "other", "amount": typed}
    where = Client().post(f"/shops/{merchant.slug}/{shop.product.slug}/", form).headers["Location"]
    with scope.merchant(shop.id), reading():
        line = OrderLine.objects.get()
    assert (line.value_minor, line.price_minor, line.currency) == (minor, minor, currency)
    assert typed in Client().get(where).content.decode().replace(",", "")
    hear(payment_of(shop.id, line.order_id))
    fulfil_order(merchant_id=shop.id, order_id=line.order_id, actor=TESTS, now=now())
    with scope.merchant(shop.id), reading():
        card = Card.objects.get()
    till = browser_of(make_member(merchant, "cashier"))
    keypad = till.post(f"/till/{merchant.slug}/", {"code": code_of(card)}).headers["Location"]
    assert typed in till.get(keypad).content.decode().replace(",", "")
    till.post(keypad, {"key": till.get(keypad).context["key"], "amount": typed})
    assert balance_minor(card) == 0
    told = caller_for(merchant).get(f"cards/{card.public_id}").json()
    assert told["face_value"] == {"amount_minor": minor, "currency": currency}


@pytest.mark.line("money-10")
def test_one_balance_never_mixes_currencies(db: None) -> None:
    merchant = make_bare_shop()
    card = make_promo_card(merchant, 5000)
    for currency in ("USD", "JPY", "KWD"):
        body = {"code": code_of(card), "amount_minor": 100, "currency": currency}
        assert caller_for(merchant).post("redemptions", body).status_code == 422
        with pytest.raises(DomainError):
            redeem(
                merchant_id=merchant.id, code=code_of(card), amount=Money(100, currency), key=currency,
                actor=TESTS, now=now(),
            )  # fmt: skip
    assert balance_minor(card) == 5000
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "USD")


@pytest.mark.line("money-10")
def test_no_column_of_ours_holds_a_floating_number(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """select table_name, column_name from information_schema.columns
               where table_schema = 'public' and data_type in ('real', 'double precision')
                 and table_name not like 'procrastinate%%'"""
        )
        floating = cursor.fetchall()
        cursor.execute(
            """select table_name, column_name, data_type from information_schema.columns
               where table_schema = 'public' and column_name like '%%\\_minor'
                 and data_type not in ('bigint', 'integer')"""
        )
        assert (floating, cursor.fetchall()) == ([], [])


EDITS = {
    "face_value_minor": "face_value_minor + 1", "currency": "'USD'", "account_id": "account_id + 1",
    "program_id": "gen_random_uuid()", "merchant_id": "gen_random_uuid()", "code_hash": "'other'",
    "expires_at": "now()", "activated_at": "now() - interval '1 day'", "issued_at": "now()",
    "order_line_id": "gen_random_uuid()",
}  # fmt: skip


@pytest.mark.line("money-12")
@pytest.mark.parametrize("column", EDITS)
def test_a_sold_cards_row_is_not_edited(db: None, column: str) -> None:
    merchant = make_bare_shop()
    card = make_sold_card(merchant, 5000)
    assert written(merchant, f"update cards_card set {column} = {EDITS[column]} where id = %s", card.id) == -1


@pytest.mark.line("money-12")
def test_a_sold_card_is_not_edited_through_its_product(db: None) -> None:
    shop = make_shop()
    order = make_fulfilled_order(shop)
    before = lines_of(order)[0].card
    details = ProductDetails(name="Cheaper", kind="fixed", values=((1000, 900),))
    edit_product(merchant=shop.merchant, product_id=shop.product.id, details=details, actor=TESTS, now=now())
    (line,) = lines_of(order)
    assert (line.value_minor, line.price_minor) == (5000, 4500)
    assert (line.card.face_value_minor, line.card.expires_at) == (5000, before.expires_at)
    assert balance_minor(line.card) == 5000


@pytest.mark.line("money-12")
@pytest.mark.parametrize(
    "table",
    ["cards_card", "orders_order", "orders_orderline", "orders_orderrefund", "payments_payment",
     "payments_paymentrefund", "payments_gatewayevent", "redemption_redemption", "redemption_refund",
     "idempotency_idempotencykey", "delivery_gift", "tenancy_merchant"],
)  # fmt: skip
def test_no_row_that_money_hangs_on_can_be_deleted(db: None, table: str) -> None:
    merchant = make_bare_shop()
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s) is not null", [table])
        assert cursor.fetchone() == (True,)
    assert written(merchant, f"delete from {table}") == -1
    assert written(merchant, f"truncate {table} cascade") == -1


@pytest.mark.line("money-12")
def test_deleting_a_person_or_a_merchant_deletes_no_money_row(own_database: OwnDatabase) -> None:
    shop = make_shop()
    make_fulfilled_order(shop)
    owner, before = owner_of(shop.merchant), postings(shop.id)
    for delete in (
        lambda: User.objects.filter(pk=owner.pk).delete(),
        lambda: Merchant.objects.filter(pk=shop.id).delete(),
    ):
        try:
            with scope.platform(), transaction():
                delete()
        except (ProtectedError, RestrictedError, DatabaseError):
            continue
    assert before
    assert postings(shop.id) == before
    with scope.merchant(shop.id), reading():
        assert Merchant.objects.filter(pk=shop.id).exists()
        assert Card.objects.count() == 1
