"""How a merchant begins, is stopped, and goes on."""

import pytest

from giftwell.foundation.events.models import Event
from giftwell.foundation.identity.add_location import LocationNameIsTaken, add_location
from giftwell.foundation.identity.add_member import IsAMemberAlready, add_member
from giftwell.foundation.identity.create_merchant import SlugIsTaken, create_merchant
from giftwell.foundation.identity.find_memberships import find_memberships
from giftwell.foundation.identity.models import Membership, MembershipLocation
from giftwell.foundation.identity.reinstate_merchant import reinstate_merchant
from giftwell.foundation.identity.rules import (
    MerchantDetailsAreInvalid,
    MerchantIsSuspended,
    SlugIsReserved,
)
from giftwell.foundation.identity.suspend_merchant import suspend_merchant
from giftwell.foundation.identity.team_rules import LocationIsUnknown
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from tests.factories.identity import (
    TESTS,
    location_of,
    make_api_key,
    make_member,
    make_merchant,
    make_person,
    twin_of,
)

pytestmark = pytest.mark.django_db


def _create(**changed):
    details = {"name": "Rosewood Books", "country": "IE", "currency": "EUR", "time_zone": "Europe/Dublin"}
    return create_merchant(**{"owner": make_person(), "actor": TESTS, "now": now(), **details, **changed})


def test_a_merchant_is_made_with_its_twin_an_owner_and_a_location_each():
    owner = make_person()
    live = _create(owner=owner)
    twin = twin_of(live)
    assert (live.slug, twin.slug) == ("rosewood-books", "rosewood-books-test")
    assert (live.is_sandbox, twin.is_sandbox) == (False, True)
    for merchant in (live, twin):
        with scope.merchant(merchant.id), reading():
            assert Membership.objects.get(merchant=merchant).role == "owner"
            assert Location.objects.get(merchant=merchant).name == "Rosewood Books"
            assert Event.objects.filter(type="merchant.created", subject=merchant.public_id).count() == 1
    assert [place.slug for place in find_memberships(owner.pk)] == ["rosewood-books", "rosewood-books-test"]


def test_shops_of_one_name_get_addresses_of_their_own():
    assert [_create().slug for _ in range(3)] == ["rosewood-books", "rosewood-books-2", "rosewood-books-3"]


def test_an_address_asked_for_is_given_or_refused_but_never_bent():
    _create(slug="rose")
    with pytest.raises(SlugIsTaken):
        _create(slug="rose")


@pytest.mark.parametrize(
    "slug",
    ["admin", "giftwell", "rose-test", "Rose", "rose--books", "-rose", "rosé", "a b", "", "x" * 49, "../x"],
)
def test_an_address_of_the_platform_or_of_no_form_is_refused(slug):
    with pytest.raises(SlugIsReserved):
        _create(slug=slug)


@pytest.mark.parametrize("name", ["Admin", "玫瑰", "!!!", "Rose Test"])
def test_a_name_that_suggests_no_usable_address_still_gets_one(name):
    slug = _create(name=name).slug
    assert slug not in {"", "admin", "rose-test"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 81),
        ("name", "a\x00b"),
        ("country", "XX"),
        ("country", "EU"),
        ("country", "ie"),
        ("currency", "ABC"),
        ("currency", "eur"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
    ],
)
def test_details_that_do_not_hold_are_refused_by_field_and_make_nothing(field, value):
    with pytest.raises(MerchantDetailsAreInvalid) as refused:
        _create(**{field: value})
    assert set(refused.value.errors) == {field}
    with scope.platform(), reading():
        assert not Merchant.objects.exists()


def test_a_person_has_one_role_at_a_merchant():
    merchant = make_merchant()
    cashier = make_member(merchant, "cashier")
    with pytest.raises(IsAMemberAlready):
        add_member(merchant=merchant, user=cashier, role="owner", actor=TESTS, now=now())
    with scope.merchant(merchant.id), reading():
        assert Membership.objects.get(user=cashier).role == "cashier"


def test_a_member_may_be_bound_to_places_of_that_merchant_only():
    ours, theirs = make_merchant(), make_merchant()
    person = make_person()
    with pytest.raises(LocationIsUnknown):
        add_member(
            merchant=ours,
            user=person,
            role="cashier",
            actor=TESTS,
            now=now(),
            locations=[location_of(theirs)],
        )
    place = location_of(ours)
    add_member(merchant=ours, user=person, role="cashier", actor=TESTS, now=now(), locations=[place])
    with scope.merchant(ours.id), reading():
        assert MembershipLocation.objects.get().location_id == place.id


def test_two_places_of_one_name_are_refused():
    merchant = make_merchant()
    add_location(merchant=merchant, name="Harbour", actor=TESTS, now=now())
    with pytest.raises(LocationNameIsTaken):
        add_location(merchant=merchant, name=" Harbour ", actor=TESTS, now=now())


def test_a_suspended_merchant_gets_no_members_places_or_keys_until_it_is_reinstated():
    merchant = make_merchant()
    for _ in range(2):
        suspend_merchant(merchant=merchant, reason="unpaid fees", actor=TESTS, now=now())
    for refused in (
        lambda: add_member(merchant=merchant, user=make_person(), role="cashier", actor=TESTS, now=now()),
        lambda: add_location(merchant=merchant, name="Harbour", actor=TESTS, now=now()),
        lambda: make_api_key(merchant),
    ):
        with pytest.raises(MerchantIsSuspended):
            refused()
    reinstate_merchant(merchant=merchant, actor=TESTS, now=now())
    make_api_key(merchant)
    with scope.merchant(merchant.id), reading():
        types = Event.objects.filter(subject=merchant.public_id).order_by("id").values_list("type", flat=True)
        assert list(types) == ["merchant.created", "merchant.suspended", "merchant.reinstated"]


def test_a_merchant_and_a_person_see_their_own_memberships_and_no_others():
    ours, theirs = make_merchant(), make_merchant()
    person = make_member(ours, "cashier")
    with scope.merchant(ours.id), reading():
        assert set(Membership.objects.values_list("merchant_id", flat=True)) == {ours.id}
    with scope.person(person.pk), reading():
        assert list(Membership.objects.values_list("merchant_id", "role")) == [(ours.id, "cashier")]
    with scope.public(), reading():
        assert not Membership.objects.exists()
    with reading():
        assert not Membership.objects.exists()
    assert [place.slug for place in find_memberships(person.pk)] == [ours.slug]
    assert find_memberships(person.pk, slug=theirs.slug) == []
