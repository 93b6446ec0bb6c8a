"""A key's own limit holds over all processes together, and begins anew with each minute."""

from datetime import timedelta

from giftwell.foundation.identity.count_key_use import count_key_use
from giftwell.kit.clock import now
from tests.domain.racing import together
from tests.factories.identity import make_api_key, make_merchant


def test_of_many_requests_at_once_a_limit_lets_so_many_through(own_database):
    merchant = make_merchant()
    key, _ = make_api_key(merchant)
    at = now().replace(second=0)
    answers = together(*[lambda: count_key_use(key.id, limit=5, now=at)] * 12)
    assert sorted(answers) == [-1] * 7 + [0, 1, 2, 3, 4]
    assert count_key_use(key.id, limit=5, now=at + timedelta(minutes=1)) == 4
