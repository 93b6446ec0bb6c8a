"""At the till too a key works from its networks only, and no more often than its limit says."""

from typing import Any

from giftwell.foundation.identity.change_api_key import change_api_key
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.clock import now
from tests.database import OwnDatabase
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, make_api_key
from tests.interfaces.pos.tills import Till, at_the_till

_BODY = {"code": "7K4M-XQ2D-9FHT-3WNPV"}


def _bound(merchant: Merchant, **bounds: Any) -> str:
    key, secret = make_api_key(merchant, "pos")
    wanted = {"name": "Till", "networks": (), "requests_a_minute": None, **bounds}
    change_api_key(merchant=merchant, key_id=key.id, **wanted, actor=TESTS, now=now())
    return secret


async def _code(till: Till, **headers: str) -> str:
    answer = await till.post("balance", _BODY, key=None, headers=headers)
    return str(answer.json()["code"])


def test_a_key_of_a_network_is_refused_from_elsewhere_whatever_is_forwarded(
    own_database: OwnDatabase,
) -> None:
    merchant = make_shop()
    secret = _bound(merchant, networks=["203.0.113.0/24"])

    async def story(till: Till) -> list[str]:
        bound = till.of(secret)
        return [await _code(bound), await _code(bound, **{"X-Forwarded-For": "203.0.113.9"})]

    assert at_the_till(own_database, merchant, story) == ["not_from_here"] * 2
    told = at_the_till(own_database, merchant, story, trusted_proxies=("127.0.0.0/8",))
    assert told[0] == "not_from_here"
    assert told[1] not in {"not_from_here", "unauthenticated"}


def test_a_key_above_its_limit_is_told_to_wait(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    secret = _bound(merchant, requests_a_minute=3)

    async def story(till: Till) -> list[str]:
        return [await _code(till.of(secret)) for _ in range(7)]

    told = at_the_till(own_database, merchant, story)
    # The minute may turn over in the middle of it, and begins anew then.
    assert told.count("too_many_requests") >= 1
    assert "too_many_requests" not in told[:3]
