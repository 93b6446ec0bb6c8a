"""Money, first part: what is bought, for how much, and what has to be paid before it exists."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from giftwell.domain.cards.models import Card
from giftwell.domain.ledger.verify import verify
from giftwell.domain.orders.fulfil_order import OrderIsNotPaid, fulfil_order
from giftwell.foundation.identity.models import Membership, PlatformRole, User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops.commands.issue import issue as issue_command
from giftwell.interfaces.ops.commands.words import ProgramNotFound
from giftwell.kit.clock import now
from tests.architecture.source import SOURCE, imports, modules
from tests.factories.cards import activate, balance_minor, make_pending_card, read
from tests.factories.catalog import design_of, promo_of
from tests.factories.identity import PASSWORD, TESTS
from tests.factories.orders import lines_of, make_order, make_shop
from tests.hostile.ground import browser_of, run, written
from tests.interfaces.api.caller import caller_for, refused
from tests.interfaces.console.conftest import owner_of

pytestmark = pytest.mark.django_db

ROLES = [
    {"role": "owner"}, {"role": "platform_admin"}, {"is_staff": "1"}, {"is_superuser": "1"},
    {"roles": "platform_admin"}, {"memberships": "owner"}, {"merchant": "rosewood"},
]  # fmt: skip


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
        f"/console/{shop.merchant.slug}/team/invite/", {"email": owner.email, "role": role}
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
