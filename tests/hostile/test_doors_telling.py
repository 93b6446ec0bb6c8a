"""Doors, second part: what is told to whom, and what nobody is told."""

import re
from typing import Any

import pytest
from django.test import Client

from giftwell.domain.delivery.links import gift_link
from giftwell.domain.delivery.models import Gift
from giftwell.foundation.events.models import Event
from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.identity.models import ApiKey
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common import limiting
from giftwell.kit import codes
from giftwell.kit.clock import now
from tests.database import OwnDatabase
from tests.factories.cards import balance_minor, code_of, make_promo_card
from tests.factories.catalog import make_shop as make_bare_shop
from tests.factories.delivery import gifts_of
from tests.factories.identity import PASSWORD, TESTS, make_api_key, make_member, make_person
from tests.factories.orders import lines_of, make_fulfilled_order, make_shop
from tests.hostile.ground import browser_of, spend
from tests.interfaces.api.caller import caller_for
from tests.interfaces.console.conftest import Desk, desk
from tests.interfaces.pos.tills import Till, at_the_till

__all__ = ["desk"]


@pytest.fixture(autouse=True)
def _fresh_counters(monkeypatch: Any) -> None:
    limiting._limiter.cache_clear()
    monkeypatch.setattr("giftwell.interfaces.accounts.pace.FLOOR_SECONDS", 0.0)


def _gift_link(gift: Gift) -> str:
    return gift_link(gift.id, gift.token_version)


def _count(merchant_id: Any) -> int:
    with scope.merchant(merchant_id), reading():
        return Event.objects.count()


@pytest.mark.line("doors-3")
def test_no_page_and_no_answer_carries_a_hash_a_secret_or_a_code(desk: Desk) -> None:
    owner = make_member(desk.merchant, "manager", user=make_person(password=PASSWORD))
    key, secret = make_api_key(
        desk.merchant, "cards:read", "orders:read", "redemptions:read", "products:read"
    )
    with scope.platform(), reading():
        stored = ApiKey.objects.get(pk=key.pk)
    gift = gifts_of(desk.order)[0]
    code = code_of(desk.line.card)
    hidden = {
        "code": code, "shown code": codes.display(code), "key": secret, "password": owner.password,
        "gift link": _gift_link(gift).rsplit("/gift/")[-1].strip("/"),
        "key hash": bytes(stored.secret_hash).hex(), "gift hash": bytes(gift.token_hash).hex(),
    }  # fmt: skip
    told = {path: desk.page(path) for path in desk.pages()}
    api = caller_for(desk.merchant, "cards:read", "orders:read", "redemptions:read", "products:read")
    for path in (
        "cards", f"cards/{desk.line.card.public_id}", "orders", f"orders/{desk.order.public_id}",
        "redemptions", f"redemptions/{desk.redemption}", "products", "programs", "designs",
    ):  # fmt: skip
        told[path] = api.get(path).content.decode()
    admin = browser_of(create_admin(email="a@example.com", name="A", password=None, actor=TESTS, now=now()))
    for path in ("/backoffice/", f"/backoffice/merchants/{desk.merchant.public_id}/", "/backoffice/jobs/"):
        told[path] = admin.get(path).content.decode()
    cashier = browser_of(make_member(desk.merchant, "cashier"))
    for path in ("", "today/", f"redemptions/{desk.redemption}/"):
        told[f"till {path}"] = cashier.get(f"/till/{desk.merchant.slug}/{path}").content.decode()
    leaks = [(path, name) for path, text in told.items() for name, one in hidden.items() if one in text]
    assert leaks == []
    for text in told.values():
        assert not re.search(r"argon2|secret_hash|code_hash|token_hash|code_encrypted", text)


@pytest.mark.line("doors-3")
def test_a_code_is_read_only_by_who_may_and_each_look_is_written_down(desk: Desk) -> None:
    card = desk.line.card.public_id
    for key in (caller_for(desk.merchant, "cards:read"), caller_for(desk.merchant, "pos", "orders:write")):
        assert key.post(f"cards/{card}/code", {}).status_code == 403
    cashier = browser_of(make_member(desk.merchant, "cashier"))
    assert cashier.post(desk.at(f"cards/{card}/code/")).status_code == 403
    key = caller_for(desk.merchant, "cards:write")
    before = _count(desk.merchant.id)
    assert key.post(f"cards/{card}/code", {}).status_code == 200
    assert _count(desk.merchant.id) == before + 1


@pytest.mark.line("doors-4")
def test_looking_at_every_public_address_changes_nothing_and_shows_no_code(db: None) -> None:
    shop = make_shop()
    order = make_fulfilled_order(shop, shop.wish(recipient_email="maja@example.com"))
    gift = gifts_of(order)[0]
    link = "/gift/" + _gift_link(gift).rsplit("/gift/")[-1]
    code = code_of(_card(order))
    before = _count(shop.id)
    slug, product = shop.merchant.slug, shop.product.slug
    for path in (
        "/", f"/shops/{slug}/", f"/shops/{slug}/{product}/", f"/shops/{slug}/balance/?code={code}", link,
        f"/shops/{slug}/theme.css", f"/themes.css?of={slug}", "/sitemap.xml", f"{link}?code=1&open=1",
    ):  # fmt: skip
        for method in ("get", "head", "options"):
            answer = getattr(Client(), method)(path)
            text = answer.content.decode()
            assert code not in text
            assert codes.display(code) not in text
            assert "50.00" not in text or path != link
    assert _count(shop.id) == before
    assert (gifts_of(order)[0].state, balance_minor(_card(order))) == (gift.state, 5000)
    assert codes.display(code) in Client().post(link).content.decode(), "opening must show it"


def _card(order: Any) -> Any:
    return lines_of(order)[0].card


@pytest.mark.line("doors-4")
@pytest.mark.usefixtures("same_nonce")
def test_no_door_tells_a_live_code_from_a_dead_foreign_or_mistyped_one(own_database: OwnDatabase) -> None:
    mine, theirs = make_bare_shop(), make_bare_shop()
    foreign = code_of(make_promo_card(theirs))
    mistyped = foreign[:-1] + ("2" if foreign[-1] != "2" else "3")
    tried = (codes.new_code(), foreign, mistyped, "7K4M", "hello")
    for door in ("page", "rest", "pos", "command"):
        told = {
            re.sub(r"req[-_]\w+|value=\"[^\"]*\"", "", spend(door, own_database, mine, code, 100)).replace(
                code, ""
            )
            for code in tried
        }
        assert len(told) == 1, door

    async def story(till: Till) -> set[tuple[int, str]]:
        asked = [await till.post("balance", {"code": code}) for code in tried]
        return {(one.status_code, one.json()["detail"]) for one in asked}

    assert len(at_the_till(own_database, mine, story)) == 1


@pytest.mark.line("doors-4")
def test_asking_for_balances_is_limited_and_no_header_gives_more(db: None) -> None:
    shop = make_bare_shop()
    where = f"/shops/{shop.slug}/balance/"
    told = [
        Client()
        .post(where, {"code": codes.new_code()}, headers={"X-Forwarded-For": f"192.0.2.{n}"})
        .status_code
        for n in range(25)
    ]
    assert told == [200] * 20 + [429] * 5
    answer = Client().post(where, {"code": code_of(make_promo_card(shop))})
    assert (answer.status_code, "50.00" in answer.content.decode()) == (429, False)
    assert int(answer["Retry-After"]) > 0


@pytest.mark.line("doors-4")
def test_part_of_a_code_finds_no_card(desk: Desk) -> None:
    code, last4 = code_of(desk.given), desk.given.last4
    # One sign that stands nowhere in the four: three of them right must not be enough.
    other = next(sign for sign in codes.ALPHABET if sign not in last4)
    for part in (
        last4[:3],
        last4[1:],
        last4[:3] + other,
        other + last4[1:],
        last4[:3] + "%",
        last4[:3] + "_",
        "____",
        "%%%%",
        code,
        code[:4],
        code[-5:],
    ):
        page = desk.browser.get(desk.at("cards/"), {"q": part}).content.decode()
        assert desk.given.public_id not in page, part
        answer = caller_for(desk.merchant, "cards:read").get(f"cards?last4={part.replace('%', '%25')}")
        assert answer.status_code == 422 or answer.json()["data"] == [], part
    assert desk.given.public_id in desk.browser.get(desk.at("cards/"), {"q": last4}).content.decode()
