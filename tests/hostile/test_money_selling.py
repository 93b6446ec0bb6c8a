"""Money, first part: what is bought, for how much, and what has to be paid before it exists."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from giftwell.domain.cards.models import Card
from giftwell.domain.ledger.verify import verify
from giftwell.domain.orders.fulfil_order import OrderIsNotPaid, fulfil_order
from giftwell.domain.orders.models import Order, OrderLine
from giftwell.foundation.identity.models import Membership, PlatformRole, User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops.commands.issue import issue as issue_command
from giftwell.interfaces.ops.commands.words import ProgramNotFound
from giftwell.kit.clock import now
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money
from tests.architecture.source import SOURCE, imports, modules
from tests.domain.books import books
from tests.factories.cards import activate, balance_minor, make_pending_card, read
from tests.factories.catalog import design_of, promo_of
from tests.factories.identity import PASSWORD, TESTS
from tests.factories.orders import Shop, lines_of, make_order, make_shop
from tests.factories.payments import body_of, fresh, headers_for, make_notice, payment_of
from tests.hostile.ground import browser_of, hook, json_of, run, written
from tests.interfaces.api.caller import caller_for, fresh_key, refused
from tests.interfaces.console.conftest import owner_of

pytestmark = pytest.mark.django_db

ROLES = [
    {"role": "owner"}, {"role": "platform_admin"}, {"is_staff": "1"}, {"is_superuser": "1"},
    {"roles": "platform_admin"}, {"memberships": "owner"}, {"merchant": "rosewood"},
]  # fmt: skip
GIFT = {
    "page": "a-page", "value": "5000", "recipient_name": "Maja", "sender_name": "Tomas", "message": "",
    "how": "mail", "recipient_email": "maja@example.com", "buyer_email": "tomas@example.com",
}  # fmt: skip


def _orders(shop: Shop) -> int:
    with scope.merchant(shop.id), reading():
        return Order.objects.count()


@pytest.mark.line("money-1")
@pytest.mark.parametrize("role", ROLES, ids=lambda one: next(iter(one)))
def test_a_role_in_the_body_of_a_sign_up_makes_nobody(role: dict[str, str], monkeypatch: Any) -> None:
    monkeypatch.setattr("giftwell.interfaces.accounts.pace.FLOOR_SECONDS", 0.0)
    form = {"name": "Eve", "email": "eve@example.com", "password1": PASSWORD}
    assert Client().post(reverse("account_signup"), {**form, **role}).status_code == 422
    assert (
        Client().post(reverse("account_login"), {"login": "a@b.co", "password": "x", **role}).status_code
        == 422
    )
    assert not User.objects.filter(email="eve@example.com").exists()


@pytest.mark.line("money-1")
def test_a_role_in_the_address_or_in_json_gives_none(monkeypatch: Any) -> None:
    monkeypatch.setattr("giftwell.interfaces.accounts.pace.FLOOR_SECONDS", 0.0)
    form = {"name": "Eve", "email": "eve@example.com", "password1": PASSWORD}
    Client().post(reverse("account_signup") + "?role=platform_admin&is_superuser=1", form)
    Client().post(reverse("account_signup"), {**form, "role": "owner"}, "application/json")
    assert User.objects.filter(email="eve@example.com").count() == 1
    assert not PlatformRole.objects.exists()
    with scope.platform(), reading():
        assert not Membership.objects.exists()


@pytest.mark.line("money-1")
@pytest.mark.parametrize("role", ["owner", "platform_admin", "admin", ""])
def test_an_owner_hands_out_no_role_above_those_of_the_shop(role: str) -> None:
    shop = make_shop()
    owner = owner_of(shop.merchant)
    answer = browser_of(owner).post(
        f"/console/{shop.merchant.slug}/team/add/", {"email": owner.email, "role": role}
    )
    assert answer.status_code == 200
    with scope.merchant(shop.id), reading():
        assert Membership.objects.count() == 1
    assert not PlatformRole.objects.exists()


@pytest.mark.line("money-2")
def test_an_unpaid_order_has_no_code_at_any_door() -> None:
    shop = make_shop()
    placed = make_order(shop)
    (line,) = lines_of(placed.order)
    card = line.card.public_id
    refused(caller_for(shop.merchant).post(f"cards/{card}/code", {}), 409, "card_is_pending")
    desk = browser_of(owner_of(shop.merchant))
    page = desk.post(f"/console/{shop.merchant.slug}/cards/{card}/code/", follow=True)
    assert page.context["code"] == ""
    buyer = Client().get(f"/orders/{placed.token}/").content.decode()
    assert "/gift/" not in buyer
    stored = Card.objects.none()
    with scope.merchant(shop.id), reading():
        stored = Card.objects.get(pk=line.card_id)
    assert (stored.status, stored.code_hash, stored.code_encrypted, stored.last4) == (
        "pending",
        None,
        None,
        "",
    )


@pytest.mark.line("money-2")
def test_an_unpaid_card_cannot_be_made_active_by_any_verb_or_row() -> None:
    shop = make_shop()
    order = make_order(shop).order
    (line,) = lines_of(order)
    with pytest.raises(OrderIsNotPaid):
        fulfil_order(merchant_id=shop.id, order_id=order.id, actor=TESTS, now=now())
    api = caller_for(shop.merchant)
    assert api.put(f"cards/{line.card.public_id}/freeze").status_code == 409
    assert api.delete(f"cards/{line.card.public_id}/freeze").json()["status"] == "pending"
    assert read(line.card).status == "pending"
    # A row that says active still has nothing on it: value comes out of the ledger alone.
    forged = written(
        shop.merchant,
        "update cards_card set status = 'active', activated_at = now(), code_hash = 'x', "
        "code_encrypted = 'x', last4 = 'AAAA' where id = %s",
        line.card_id,
    )
    assert (forged in {-1, 1}, balance_minor(line.card)) == (True, 0)


@pytest.mark.line("money-2")
def test_cards_are_loaded_by_the_order_that_was_paid_and_by_nothing_else() -> None:
    callers = {
        str(path.relative_to(SOURCE))
        for path in modules()
        if any(name.startswith("giftwell.domain.cards.activate_card") for name in imports(path))
    }
    loading = {one for one in callers if not one.startswith("domain/cards/")}
    assert loading == {"domain/orders/fulfil_order.py"}


@pytest.mark.line("money-2")
def test_a_card_loaded_without_its_payment_is_named_by_verify() -> None:
    card = make_pending_card(make_shop().merchant)
    assert verify() == []
    activate(card)
    assert verify() != []


@pytest.mark.line("money-2")
def test_no_card_is_minted_for_another_merchant() -> None:
    mine, theirs = make_shop(), make_shop()
    program, design = promo_of(theirs.merchant), design_of(theirs.merchant)
    api = caller_for(mine.merchant)
    value = {"amount_minor": 1000, "currency": "EUR"}
    refused(api.post("cards", {"program": program.public_id, "value": value}), 404, "program_is_unknown")
    own = {"program": promo_of(mine.merchant).public_id, "value": value}
    assert api.post("cards", {**own, "design": design.public_id}).status_code == 404
    refused(api.post("cards", {**own, "merchant": theirs.merchant.public_id}), 422, "not_valid")
    buyer = {"email": "eve@example.com"}
    foreign = {"buyer": buyer, "lines": [{"product": theirs.product.public_id, "value": value}]}
    assert api.post("orders", foreign).status_code == 404
    desk = browser_of(owner_of(mine.merchant))
    form = {"key": "issue-" + "a" * 32, "program": program.public_id, "value": "10", "count": "1"}
    assert desk.post(f"/console/{mine.merchant.slug}/cards/issue/", form).status_code == 200
    words = ("--merchant", mine.merchant.slug, "--program", program.public_id, "--value", "10")
    assert isinstance(run(issue_command, *words), ProgramNotFound)
    assert Client().get(f"/shops/{mine.merchant.slug}/{theirs.product.slug}-no/").status_code == 404
    with scope.platform(), reading():
        assert not Card.objects.exists()


@pytest.mark.line("money-2")
def test_the_database_refuses_a_card_under_another_merchants_program() -> None:
    mine, theirs = make_shop(), make_shop()
    card = make_pending_card(mine.merchant)
    with pytest.raises(IntegrityError), scope.platform():
        Card.objects.create(
            merchant_id=mine.id, program=promo_of(theirs.merchant), account_id=card.account_id + 10**6,
            status="pending", currency="EUR", face_value_minor=1, issued_at=now(),
        )  # fmt: skip


@pytest.mark.line("money-3")
@pytest.mark.parametrize(
    "field", ["price", "price_minor", "total", "currency", "fee", "fee_minor", "commission_bps", "merchant"]
)
def test_a_price_currency_fee_or_commission_in_an_order_is_refused(field: str) -> None:
    shop = make_shop()
    where = f"/shops/{shop.merchant.slug}/{shop.product.slug}/"
    assert Client().post(where, {**GIFT, field: "1"}).status_code == 422
    line = {"product": shop.product.public_id, "value": {"amount_minor": 5000, "currency": "EUR"}}
    body = {"buyer": {"email": "eve@example.com"}, "lines": [line]}
    api = caller_for(shop.merchant)
    refused(api.post("orders", {**body, field: 1}), 422, "not_valid")
    refused(api.post("orders", {**body, "lines": [{**line, field: 1}]}), 422, "not_valid")
    assert _orders(shop) == 0


@pytest.mark.line("money-3")
def test_the_server_prices_an_order_and_the_processors_page_charges_that() -> None:
    shop = make_shop()
    answer = Client().post(f"/shops/{shop.merchant.slug}/{shop.product.slug}/", GIFT)
    with scope.merchant(shop.id), reading():
        line = OrderLine.objects.get()
    assert (line.value_minor, line.price_minor, line.currency) == (5000, 4500, "EUR")
    Client().post(answer.headers["Location"], {"button": "pay", "amount_minor": "1", "currency": "USD"})
    payment = payment_of(shop.id, line.order_id)
    assert (payment.amount_minor, payment.currency) == (4500, "EUR")


@pytest.mark.line("money-3")
@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD"])
def test_an_order_in_another_currency_than_the_products_is_refused(currency: str) -> None:
    shop = make_shop()
    line = {"product": shop.product.public_id, "value": {"amount_minor": 5000, "currency": currency}}
    answer = caller_for(shop.merchant).post("orders", {"buyer": {"email": "e@example.com"}, "lines": [line]})
    assert answer.status_code == 422, answer.content
    assert _orders(shop) == 0


@pytest.mark.line("money-3")
def test_a_merchant_names_neither_commission_nor_funding_nor_a_price_above_the_value() -> None:
    shop = make_shop()
    api = caller_for(shop.merchant)
    body = {"program": shop.product.program.public_id, "name": "Mine", "values": []}
    for smuggled in (
        {"commission_bps": 0},
        {"currency": "USD"},
        {"funding": "promo"},
        {"status": "published"},
    ):
        refused(api.post("products", {**body, **smuggled}), 422, "not_valid")
    dear = {**body, "values": [{"value_minor": 1000, "price_minor": 1001}]}
    assert api.post("products", dear).status_code == 422
    assert api.post("programs", {"name": "x", "funding": "promo"}, key=fresh_key()).status_code == 405


CROSSED = {
    "another order": lambda one, other: {"order": make_notice(other).order},
    "another payment's name": lambda one, other: {"payment": other.public_id},
    "less": lambda one, other: {"amount": Money(1, "EUR")},
    "more": lambda one, other: {"amount": Money(450_000, "EUR")},
    "another currency": lambda one, other: {"amount": Money(4500, "JPY")},
    "another account": lambda one, other: {"account": "acct_of_somebody_else"},
}  # fmt: skip


@pytest.mark.line("money-4")
@pytest.mark.parametrize("how", CROSSED)
def test_a_signed_notice_that_is_not_wholly_of_this_payment_confirms_nothing(how: str) -> None:
    shop = make_shop()
    one, other = (payment_of(shop.id, make_order(shop).order.id) for _ in range(2))
    body = body_of(make_notice(one, **CROSSED[how](one, other)))
    assert hook(body, headers_for(body)).status_code == 200
    # What another account tells is not even counted against the payment.
    status = "created" if how == "another account" else "mismatched"
    assert [fresh(one).status, fresh(other).status] == [status, "created"]
    assert "unapplied" not in books()
    for payment in (one, other):
        with pytest.raises(OrderIsNotPaid):
            fulfil_order(merchant_id=shop.id, order_id=payment.order_id, actor=TESTS, now=now())


@pytest.mark.line("money-4")
def test_what_was_mismatched_never_becomes_a_payment_by_a_better_notice() -> None:
    shop = make_shop()
    payment = payment_of(shop.id, make_order(shop).order.id)
    for amount in (Money(1, "EUR"), Money(4500, "EUR")):
        body = body_of(make_notice(payment, amount=amount))
        assert hook(body, headers_for(body)).status_code == 200
    assert fresh(payment).status == "mismatched"
    assert "unapplied" not in books()


@pytest.mark.line("money-4")
def test_an_order_is_not_confirmed_by_its_own_buyer() -> None:
    shop = make_shop()
    placed = make_order(shop)
    name = public_id("ord", placed.order.id)
    for body in ({"status": "paid"}, {"paid": "1"}):
        assert Client().post(f"/orders/{placed.token}/", body).status_code == 405
        Client().post(f"/orders/{placed.token}/pay/", body)
    assert caller_for(shop.merchant).put(f"orders/{name}", {"status": "fulfilled"}).status_code == 405
    assert json_of(caller_for(shop.merchant).get(f"orders/{name}"))["status"] == "pending"
    assert books() == {}
