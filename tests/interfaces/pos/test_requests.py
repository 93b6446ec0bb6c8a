"""What is refused at the till's door, each by its documented problem, and what every answer carries."""

from datetime import timedelta

import pytest

from giftwell.domain.ledger.verify import verify
from giftwell.foundation.identity.revoke_api_key import revoke_api_key
from giftwell.foundation.identity.suspend_merchant import suspend_merchant
from giftwell.kit.clock import now
from giftwell.kit.ids import public_id
from tests.database import OwnDatabase
from tests.factories.cards import balance_minor, code_of, make_sold_card, read
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, location_of, make_api_key, twin_of
from tests.interfaces.pos.doors import refused
from tests.interfaces.pos.tills import Till, at_the_till


def test_who_does_not_say_who_he_is_gets_one_answer(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    key, revoked = make_api_key(merchant)
    revoke_api_key(key=key, actor=TESTS, now=now())
    _, expired = make_api_key(merchant, expires_at=now() - timedelta(hours=1), at=now() - timedelta(days=2))
    _, sound = make_api_key(merchant)

    async def story(till: Till) -> None:
        wrong = [
            "", "Bearer", "Bearer ", f"Basic {sound}", f"Bearer {sound}x", f"Bearer {sound} {sound}", sound,
            "Bearer gw_live_" + "x" * 200, f"Bearer {revoked}", f"Bearer {expired}",
        ]  # fmt: skip
        bodies = []
        for header in wrong:
            answer = await till.post("balance", {"code": "A"}, headers={"Authorization": header})
            body = refused(answer, 401, "unauthenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer")
            bodies.append({**body, "request_id": ""})
        assert all(body == bodies[0] for body in bodies)
        refused(await till.of(sound).post("balance", {"code": "A"}), 404, "card_not_found")

    at_the_till(own_database, merchant, story)


def test_a_key_without_the_scope_or_of_a_suspended_merchant_is_told_so(own_database: OwnDatabase) -> None:
    merchant, gone = make_shop(), make_shop()
    _, reader = make_api_key(merchant, "cards:read")
    _, late = make_api_key(gone)
    suspend_merchant(merchant=gone, reason="fraud", actor=TESTS, now=now())

    async def story(till: Till) -> None:
        for path in ("balance", "redemptions", "refunds", "authorizations", "batch"):
            refused(await till.of(reader).post(path, {}), 403, "missing_scope")
            refused(await till.of(late).post(path, {}), 403, "merchant_is_suspended")

    at_the_till(own_database, merchant, story)


def test_a_revoked_key_is_refused_within_the_seconds_it_is_believed(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    key, secret = make_api_key(merchant)

    async def story(till: Till) -> None:
        refused(await till.of(secret).post("balance", {"code": "A"}), 404, "card_not_found")

    at_the_till(own_database, merchant, story)

    async def after(till: Till) -> None:
        refused(await till.of(secret).post("balance", {"code": "A"}), 401, "unauthenticated")

    revoke_api_key(key=key, actor=TESTS, now=now())
    at_the_till(own_database, merchant, after, key_cache_seconds=0.0)


def test_the_prefix_of_a_key_picks_the_sandbox_twin(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    code = code_of(make_sold_card(merchant))
    _, secret = make_api_key(twin_of(merchant))
    assert secret.startswith("gw_test_")

    async def story(till: Till) -> None:
        assert (await till.post("balance", {"code": code})).status_code == 200
        refused(await till.of(secret).post("balance", {"code": code}), 404, "card_not_found")

    at_the_till(own_database, merchant, story)


def test_addresses_methods_and_media_types_that_are_not_ours(own_database: OwnDatabase) -> None:
    async def story(till: Till) -> None:
        for path in ("", "redemption", "redemptions/", "authorizations/auth_1", "authorizations/auth_1/steal",
                     "authorizations/auth_1/capture/x", "batch/x", "%00", "reversal"):  # fmt: skip
            refused(await till.post(path, {}), 404, "no_such_address")
        for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
            answer = await till.client.request(method, "/v1/pos/balance")
            refused(answer, 405, "method_not_allowed")
            assert answer.headers["allow"] == "POST"
        for kind in ("text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"):
            answer = await till.post("balance", b'{"code":"A"}', headers={"Content-Type": kind})
            refused(answer, 415, "unsupported_media_type")
        spoken = {"Content-Type": "Application/JSON; charset=utf-8"}
        refused(await till.post("balance", b'{"code":"A"}', headers=spoken), 404, "card_not_found")

    at_the_till(own_database, make_shop(), story)


def test_a_body_larger_than_a_megabyte_is_refused_declared_or_not(own_database: OwnDatabase) -> None:
    async def chunks():  # type: ignore[no-untyped-def]
        for _ in range(40):
            yield b" " * 65_536

    async def story(till: Till) -> None:
        refused(await till.post("balance", b" " * 1_048_577), 413, "too_large")
        head = {"Authorization": f"Bearer {till.secret}", "Content-Type": "application/json"}
        answer = await till.client.post("/v1/pos/balance", content=chunks(), headers=head)
        refused(answer, 413, "too_large")
        refused(await till.post("balance", b" " * 1_048_576), 400, "malformed")

    at_the_till(own_database, make_shop(), story)


def test_money_needs_a_key_and_a_balance_needs_none(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    body = {"code": code_of(card), "amount_minor": 100, "currency": "EUR"}

    async def story(till: Till) -> None:
        for path in ("redemptions", "authorizations", "refunds", "authorizations/auth_1/capture",
                     "authorizations/auth_1/void"):  # fmt: skip
            refused(await till.post(path, body, key=None), 400, "idempotency_key_missing")
        for key in (" ", "a b", "x" * 256, "t\tab"):
            refused(await till.post("redemptions", body, key=key), 422, "invalid_idempotency_key")
        assert (await till.post("balance", {"code": body["code"]}, key=None)).status_code == 200
        assert (await till.post("redemptions", body, key="x" * 255)).status_code == 201

    at_the_till(own_database, merchant, story)
    assert balance_minor(card) == 4900


BAD_INPUT: list[tuple[dict[str, object], int, str, str | None]] = [
    ({"amount_minor": 1.0}, 422, "invalid", "amount_minor"),
    ({"amount_minor": "100"}, 422, "invalid", "amount_minor"),
    ({"amount_minor": True}, 422, "invalid", "amount_minor"),
    ({"amount_minor": None}, 422, "invalid", "amount_minor"),
    ({"amount_minor": 0}, 422, "amount_invalid", None),
    ({"amount_minor": -100}, 422, "amount_invalid", None),
    ({"amount_minor": 10**12}, 422, "amount_invalid", None),
    ({"amount_minor": 2**63}, 422, "amount_invalid", None),
    ({"amount_minor": 10**40}, 422, "amount_invalid", None),
    ({"currency": "USD"}, 422, "wrong_currency", None),
    ({"currency": "ZZZ"}, 422, "unknown_currency", None),
    ({"currency": "eur"}, 422, "invalid", "currency"),
    ({"currency": "EU\x00"}, 422, "invalid", "currency"),
    ({"reference": "a\x00"}, 422, "invalid", "reference"),
    ({"reference": "x" * 121}, 422, "reference_invalid", None),
    ({"reference": "x" * 500_000}, 422, "reference_invalid", None),
    ({"location": "loc_1"}, 404, "location_not_found", None),
    ({"location": "loc_\x00"}, 422, "invalid", "location"),
    ({"code": "A\x00"}, 422, "invalid", "code"),
    ({"code": "Ä" * 17}, 404, "card_not_found", None),
    ({"merchant_id": "mer_1"}, 422, "invalid", "merchant_id"),
    ({"status": "active"}, 422, "invalid", "status"),
]


def test_bad_input_is_refused_by_its_name_and_changes_nothing(
    own_database: OwnDatabase, subtests: pytest.Subtests
) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    sound = {"code": code_of(card), "amount_minor": 100, "currency": "EUR"}

    async def story(till: Till) -> None:
        for fields, status, code, field in BAD_INPUT:
            for path in ("redemptions", "authorizations"):
                with subtests.test(path=path, fields=repr(fields)[:60]):
                    problem = refused(await till.post(path, {**sound, **fields}), status, code)
                    assert list(problem["errors"]) == ([field] if field else [])
        for seconds in (1.5, "60", True, None):
            answer = await till.post("authorizations", {**sound, "expires_in_seconds": seconds})
            assert list(refused(answer, 422, "invalid")["errors"]) == ["expires_in_seconds"]
        for seconds in (0, -1, 604_801, 2**40):
            answer = await till.post("authorizations", {**sound, "expires_in_seconds": seconds})
            refused(answer, 422, "lifetime_invalid")

    at_the_till(own_database, merchant, story)
    assert (balance_minor(card), read(card).held_minor) == (5000, 0)  # type: ignore[attr-defined]
    assert verify() == []


def test_what_belongs_to_another_merchant_does_not_exist(own_database: OwnDatabase) -> None:
    mine, other = make_shop(), make_shop()
    card = make_sold_card(other)
    body = {"code": code_of(card), "amount_minor": 100, "currency": "EUR"}
    at_other = {"location": public_id("loc", location_of(other).id)}
    own_code = code_of(make_sold_card(mine))
    _, theirs = make_api_key(other)

    async def story(till: Till) -> None:
        stranger = till.of(theirs)
        spent = (await stranger.post("redemptions", body)).json()
        held = (await stranger.post("authorizations", body)).json()
        refused(await till.post("balance", {"code": body["code"]}), 404, "card_not_found")
        refused(await till.post("redemptions", body), 404, "card_not_found")
        refused(
            await till.post("redemptions", {**body, "code": own_code, **at_other}), 404, "location_not_found"
        )
        refused(await till.post("refunds", {"redemption": spent["id"]}), 404, "redemption_not_found")
        for verb in ("capture", "void"):
            answer = await till.post(f"authorizations/{held['id']}/{verb}", {})
            refused(answer, 404, "authorization_not_found")
        for wrong in ("auth_1", held["id"].upper(), held["id"].replace("auth_", "red_"), "%00", "x" * 300):
            answer = await till.post(f"authorizations/{wrong}/void", {})
            refused(answer, 404, "authorization_not_found")

    at_the_till(own_database, mine, story)
    assert balance_minor(card) == 4900


def test_two_merchants_may_use_the_same_key(own_database: OwnDatabase) -> None:
    mine, other = make_shop(), make_shop()
    cards = [make_sold_card(mine), make_sold_card(other)]
    _, theirs = make_api_key(other)

    async def story(till: Till) -> None:
        for at, card in ((till, cards[0]), (till.of(theirs), cards[1])):
            body = {"code": code_of_card[card.id], "amount_minor": 100, "currency": "EUR"}
            answer = await at.post("redemptions", body, key="one-key")
            assert answer.status_code == 201
            assert "idempotent-replayed" not in answer.headers

    code_of_card = {card.id: code_of(card) for card in cards}
    at_the_till(own_database, mine, story)
    assert [balance_minor(card) for card in cards] == [4900, 4900]


def test_every_answer_carries_a_request_id_and_is_never_stored(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    code = code_of(make_sold_card(merchant))

    async def story(till: Till) -> None:
        given = await till.post("balance", {"code": code}, headers={"X-Request-Id": "till-7:abc.DEF"})
        assert given.headers["x-request-id"] == "till-7:abc.DEF"
        assert given.headers["cache-control"] == "no-store"
        for harmful in ("short", "x" * 65, "a b c d e f g", "<script>alert"):
            answer = await till.post("balance", {"code": code}, headers={"X-Request-Id": harmful})
            assert answer.headers["x-request-id"].startswith("req_")

    at_the_till(own_database, merchant, story)
