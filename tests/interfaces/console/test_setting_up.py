"""Places, people and keys: an owner's business, and a key's secret is seen once."""

from giftwell.foundation.identity.find_api_key import find_api_key
from giftwell.foundation.identity.models import ApiKey, Membership
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from tests.factories.identity import location_of, make_api_key, twin_of
from tests.interfaces.console.conftest import Desk


def places(desk: Desk) -> dict[str, bool]:
    with scope.merchant(desk.merchant.id), reading():
        return dict(Location.objects.filter(merchant=desk.merchant).values_list("name", "is_active"))


def test_a_place_is_added_renamed_closed_and_opened_again(desk: Desk) -> None:
    first = location_of(desk.merchant)
    desk.browser.post(desk.at("locations/"), {"name": "Old Harbour"})
    desk.browser.post(desk.at(f"locations/{first.public_id}/"), {"name": "Market Street"})
    desk.browser.post(desk.at(f"locations/{first.public_id}/open/"), {"is_open": "no"})
    assert places(desk) == {"Old Harbour": True, "Market Street": False}
    assert "Market Street" in desk.page("redemptions/")
    desk.browser.post(desk.at(f"locations/{first.public_id}/open/"), {"is_open": "yes"})
    assert places(desk)["Market Street"]


def test_two_places_of_one_name_and_a_place_without_one_are_refused(desk: Desk) -> None:
    first = location_of(desk.merchant)
    desk.browser.post(desk.at("locations/"), {"name": "Old Harbour"})
    answers = [
        desk.browser.post(desk.at("locations/"), {"name": "Old Harbour"}),
        desk.browser.post(desk.at("locations/"), {"name": " "}),
        desk.browser.post(desk.at(f"locations/{first.public_id}/"), {"name": "Old Harbour"}),
    ]
    assert all(answer.context["form"].errors for answer in answers)
    assert set(places(desk)) == {"Old Harbour", first.name}


def test_the_last_owner_stays(desk: Desk) -> None:
    with scope.merchant(desk.merchant.id), reading():
        member = Membership.objects.get(merchant=desk.merchant, role="owner")
    answer = desk.browser.post(desk.at(f"team/{member.id}/remove/"), follow=True)
    assert "the only owner" in answer.content.decode()
    assert desk.browser.get(desk.home).status_code == 200


def test_a_keys_secret_is_shown_once_and_works_until_it_is_revoked(desk: Desk) -> None:
    answer = desk.browser.post(
        desk.at("developers/new/"), {"name": "Till 2", "scopes": ["pos", "cards:read"]}
    )
    secret = answer.context["secret"]
    assert secret.startswith("gw_live_")
    assert secret in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert secret not in desk.page("developers/")
    found = find_api_key(secret, now=now())
    assert found is not None
    assert found.merchant_id == desk.merchant.id
    with scope.merchant(desk.merchant.id), reading():
        key = ApiKey.objects.get(merchant=desk.merchant)
    assert "Revoke “Till 2”?" in desk.page(f"developers/{key.public_id}/revoke/")
    desk.browser.post(desk.at(f"developers/{key.public_id}/revoke/"))
    assert find_api_key(secret, now=now()) is None


def test_a_key_of_the_test_desk_says_so(desk: Desk) -> None:
    twin = twin_of(desk.merchant)
    address = f"/console/{twin.slug}/developers/new/"
    answer = desk.browser.post(address, {"name": "Trial", "scopes": ["pos"]})
    assert answer.context["secret"].startswith("gw_test_")


def test_a_key_may_only_what_there_is_to_do(desk: Desk) -> None:
    for wrong in ({"name": "x", "scopes": ["everything"]}, {"name": "", "scopes": ["pos"]}, {"name": "x"}):
        answer = desk.browser.post(desk.at("developers/new/"), wrong)
        assert answer.context["form"].errors
        assert not answer.context["secret"]


def test_another_shops_key_is_not_there(desk: Desk) -> None:
    from tests.factories.identity import make_merchant

    key, _ = make_api_key(make_merchant())
    assert desk.browser.get(desk.at(f"developers/{key.public_id}/revoke/")).status_code == 404
    assert desk.browser.post(desk.at(f"developers/{key.public_id}/revoke/")).status_code == 404
