"""Setting aside at the till: for a table or a room, whose bill comes later."""

from django.test import Client

from giftwell.domain.redemption.check_balance import check_balance
from giftwell.domain.redemption.queries import authorizations_of
from giftwell.foundation.identity.add_location import add_location
from giftwell.foundation.identity.add_member import add_member
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from tests.factories.cards import balance_minor
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_member, make_person
from tests.interfaces.till.conftest import Till


def available_minor(till: Till) -> int:
    """What can be spent from the till's card now."""
    found = check_balance(merchant_id=till.merchant.id, code=till.code, now=now())
    return found.available.amount_minor


def place(till: Till, amount_minor: int, hours: int = 24) -> str:
    """Scan, enter an amount, press "Set aside"; gives back the address of what is set aside."""
    till.scan()
    there = till.browser.post(till.keypad, {"key": till.key(), "amount_minor": amount_minor, "then": "hold"})
    page = till.browser.get(there.headers["Location"])
    assert page.context["first"].amount_minor == amount_minor
    sent = {"key": page.context["key"], "amount_minor": amount_minor, "hours": hours}
    return str(till.browser.post(f"{till.keypad}hold/", sent).headers["Location"])


def take(till: Till, held: str, **sent: object) -> str:
    """Capture; gives back the page that follows, or the page that says why not."""
    key = till.browser.get(held).context["key"]
    return till.browser.post(held, {"key": key, **sent}, follow=True).content.decode()


def test_set_aside_then_taken_in_parts_with_a_tip(till: Till) -> None:
    held = place(till, 3000)
    assert (balance_minor(till.card), available_minor(till)) == (5000, 2000)
    assert "€10.00 redeemed" in take(till, held, amount_minor=1000, keep="on")
    assert "€20.00" in till.browser.get(f"{till.home}holds/").content.decode()
    page = take(till, held, amount_minor=1500, tip="3")
    assert "€18.00 redeemed" in page
    assert "Of that a tip" in page
    # The last capture let the rest go.
    assert (balance_minor(till.card), available_minor(till)) == (2200, 2200)
    assert "Nothing is set aside here" in till.browser.get(f"{till.home}holds/").content.decode()
    assert "All done" in till.browser.get(held).content.decode()


def test_what_does_not_fit_is_said_and_takes_nothing(till: Till) -> None:
    held = place(till, 3000)
    assert "more than was authorized" in take(till, held, amount_minor=3001)
    assert "at most 30 %" in take(till, held, amount_minor=3000, tip="9.01")
    assert "not an amount" in take(till, held, amount_minor=3000, tip="x")
    assert balance_minor(till.card) == 5000


def test_let_go_and_changed(till: Till) -> None:
    held = place(till, 3000, hours=2)
    key = till.browser.get(f"{held}change/").context["key"]
    changed = till.browser.post(f"{held}change/", {"key": key, "amount_minor": 4000, "hours": 168})
    anew = str(changed.headers["Location"])
    assert available_minor(till) == 1000
    assert "Let go" in till.browser.get(held).content.decode()
    key = till.browser.get(anew).context["key"]
    page = till.browser.post(f"{anew}let-go/", {"key": key}, follow=True).content.decode()
    assert "€40.00 of card" in page
    assert available_minor(till) == 5000


def test_more_than_the_card_has_stays_as_it_was(till: Till) -> None:
    held = place(till, 3000)
    key = till.browser.get(f"{held}change/").context["key"]
    page = till.browser.post(f"{held}change/", {"key": key, "amount_minor": 5001, "hours": 24})
    assert "not enough value" in page.content.decode()
    assert available_minor(till) == 2000


def test_one_page_sent_twice_sets_aside_once(till: Till) -> None:
    till.scan()
    till.browser.get(f"{till.keypad}hold/?amount=1000")
    key = till.key()
    for amount in (1000, 1000, 1200):
        till.scan()
        till.browser.post(f"{till.keypad}hold/", {"key": key, "amount_minor": amount, "hours": 24})
    assert available_minor(till) == 4000
    with scope.merchant(till.merchant.id), reading():
        assert authorizations_of(till.merchant.id).count() == 1


def test_another_shop_and_another_place_do_not_see_it(till: Till) -> None:
    held = place(till, 1000)
    other = make_shop()
    stranger = Client()
    stranger.force_login(make_member(other, "cashier"))
    elsewhere = add_location(merchant=till.merchant, name="Old Harbour", actor=TESTS, now=now())
    person = make_person()
    add_member(
        merchant=till.merchant, user=person, role="cashier", locations=[elsewhere], actor=TESTS, now=now()
    )
    colleague = Client()
    colleague.force_login(person)
    theirs = held.replace(till.merchant.slug, other.slug)
    for browser, address in ((stranger, held), (stranger, theirs), (colleague, held)):
        for path in ("", "change/", "let-go/"):
            assert browser.post(address + path, {"amount_minor": 1}).status_code == 404
        assert browser.get(address).status_code == 404
    assert "Nothing is set aside here" in colleague.get(f"{till.home}holds/").content.decode()
    assert available_minor(till) == 4000
