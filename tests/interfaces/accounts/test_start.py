"""How a merchant begins: verified first, then the shop with all it needs, once."""

import pytest
from django.test import Client
from django.urls import reverse

from giftwell.domain.catalog.models import Brand, Program
from giftwell.foundation.identity.find_memberships import find_memberships
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import reading
from tests.factories.identity import PASSWORD, make_person
from tests.interfaces.accounts.mails import written

pytestmark = pytest.mark.django_db

BUSINESS = {
    "business_name": "Rosewood Books",
    "country": "IE",
    "currency": "EUR",
    "time_zone": "Europe/Dublin",
}
PERSON = {"name": "Orla", "email": "orla@example.com", "password1": PASSWORD}


def _merchants():
    with scope.platform(), reading():
        return list(Merchant.objects.order_by("slug").values_list("slug", flat=True))


def test_a_merchant_exists_only_after_the_address_is_verified(client):
    answer = client.post(reverse("start"), {**PERSON, **BUSINESS})
    assert answer.url == reverse("account_email_verification_sent")
    assert _merchants() == []
    (mail,) = written()
    answer = client.post(mail.path)
    assert answer.url == reverse("start")
    page = client.get(answer.url)
    assert page.context["form"].initial == BUSINESS
    answer = client.post(reverse("start"), BUSINESS)
    assert (answer.status_code, answer.url) == (302, "/console/rosewood-books/")
    assert _merchants() == ["rosewood-books", "rosewood-books-test"]


def test_the_shop_and_its_twin_have_a_brand_a_program_and_a_place(client):
    client.force_login(make_person(email="orla@example.com"))
    client.post(reverse("start"), BUSINESS)
    places = find_memberships(User.objects.get().pk)
    assert len(places) == 2
    for place in places:
        assert place.role == "owner"
        with scope.merchant(place.merchant_id), reading():
            assert Brand.objects.count() == 1
            assert Program.objects.count() >= 1
            assert Location.objects.count() == 1


def test_the_link_may_be_opened_on_another_device_and_nothing_written_is_lost():
    desk, phone = Client(), Client()
    desk.post(reverse("start"), {**PERSON, **BUSINESS})
    (mail,) = written()
    answer = phone.post(mail.path)
    assert answer.url.startswith(reverse("account_login"))
    answer = phone.post(reverse("account_login"), {"login": PERSON["email"], "password": PASSWORD})
    assert answer.url == reverse("start")
    assert phone.get(answer.url).context["form"].initial == BUSINESS


def test_a_form_sent_twice_opens_one_shop_and_a_second_name_a_second(client):
    client.force_login(make_person())
    for _ in range(2):
        assert client.post(reverse("start"), BUSINESS).url == "/console/rosewood-books/"
    client.post(reverse("start"), {**BUSINESS, "business_name": "Rosewood Music"})
    assert _merchants() == [
        "rosewood-books",
        "rosewood-books-test",
        "rosewood-music",
        "rosewood-music-test",
    ]


def test_somebody_elses_shop_of_the_same_name_stays_theirs():
    first, second = Client(), Client()
    first.force_login(make_person())
    second.force_login(make_person())
    assert first.post(reverse("start"), BUSINESS).url == "/console/rosewood-books/"
    assert second.post(reverse("start"), BUSINESS).url == "/console/rosewood-books-2/"


def test_what_a_stranger_writes_with_a_known_address_reaches_no_account(client):
    owner = make_person(email="orla@example.com", password=PASSWORD)
    client.post(reverse("start"), {**PERSON, **BUSINESS})
    assert [mail.kind for mail in written()] == ["account_already_exists"]
    client.force_login(owner)
    assert client.get(reverse("start")).context["form"].initial == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("business_name", ""),
        ("business_name", "x" * 81),
        ("country", "XX"),
        ("currency", "ABC"),
        ("time_zone", "Mars"),
    ],
)
def test_a_business_that_makes_no_sense_is_said_beside_its_field(client, field, value):
    client.force_login(make_person())
    answer = client.post(reverse("start"), {**BUSINESS, field: value})
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {field}
    assert _merchants() == []


@pytest.mark.parametrize("extra", [{"role": "owner"}, {"commission_bps": "0"}, {"slug": "giftwell"}])
def test_onboarding_takes_no_role_no_commission_and_no_address(client, extra):
    client.force_login(make_person())
    assert client.post(reverse("start"), {**BUSINESS, **extra}).status_code == 422
    assert _merchants() == []
