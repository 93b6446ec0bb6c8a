"""What the till's newer requests tell: what is still due, which card got a refund, what a reversal did."""

from typing import Any

from giftwell.domain.cards.close_card import close_card
from giftwell.kit.clock import now
from tests.database import OwnDatabase
from tests.factories.cards import balance_minor, code_of, make_promo_card, read
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS
from tests.interfaces.pos.doors import refused
from tests.interfaces.pos.test_batch import codes_of, send, spend
from tests.interfaces.pos.tills import Till, at_the_till


def test_a_card_twice_in_one_batch_pays_what_the_first_left_and_says_what_is_due(
    own_database: OwnDatabase,
) -> None:
    merchant = make_shop()
    card = make_promo_card(merchant, 1_000)
    code = code_of(card)

    async def story(till: Till) -> None:
        hold = {**spend(code, "h", 5_000, allow_partial=True), "operation": "authorize"}
        results = await send(
            till,
            [
                spend(code, "a", 700, allow_partial=True),
                spend(code, "b", 700, allow_partial=True),
                spend(code, "c", 700, allow_partial=True),
                hold,
            ],
        )
        assert codes_of(results) == ["done", "done", "insufficient_funds", "insufficient_funds"]
        told = [(one["answer"]["amount_minor"], one["answer"]["due_minor"]) for one in results[:2]]
        assert told == [(700, 0), (300, 400)]
        again = await send(till, [spend(code, "b", 700, allow_partial=True)])
        assert again[0]["answer"] == results[1]["answer"]

    at_the_till(own_database, merchant, story)
    assert balance_minor(card) == 0


def test_a_partial_hold_says_what_is_due(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    code = code_of(make_promo_card(merchant, 1_000))

    async def story(till: Till) -> None:
        asked = {"code": code, "amount_minor": 1_500, "currency": "EUR", "allow_partial": True}
        held = (await till.post("authorizations", asked)).json()
        assert (held["held_minor"], held["due_minor"], held["available_minor"]) == (1_000, 500, 0)

    at_the_till(own_database, merchant, story)


def test_a_refund_to_a_closed_card_names_the_one_that_got_it_and_no_code(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    card = make_promo_card(merchant, 1_000)
    asked = {"code": code_of(card), "amount_minor": 1_000, "currency": "EUR"}

    async def spending(till: Till) -> dict[str, Any]:
        spent: dict[str, Any] = (await till.post("redemptions", asked)).json()
        return spent

    spent = at_the_till(own_database, merchant, spending)
    close_card(merchant_id=merchant.id, card_id=card.id, actor=TESTS, now=now())

    async def story(till: Till) -> None:
        answer = await till.post("refunds", {"redemption": spent["id"], "amount_minor": 300}, key="f")
        told = answer.json()
        assert (answer.status_code, told["instead_of"]) == (201, card.public_id)
        assert set(told["card"]) == {"id", "last4"}
        again = await till.post("refunds", {"redemption": spent["id"], "amount_minor": 300}, key="f")
        assert again.json() == told
        more = await send(till, [{"operation": "refund", "idempotency_key": "g", "redemption": spent["id"]}])
        assert more[0]["answer"]["card"] == told["card"]
        assert more[0]["answer"]["balance_minor"] == 1_000

    at_the_till(own_database, merchant, story)
    assert balance_minor(card) == 0
    assert read(card).status == "closed"


def test_a_refund_without_a_redemption_needs_a_scope_of_its_own(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    card = make_promo_card(merchant, 1_000)
    asked = {"code": code_of(card), "amount_minor": 300, "currency": "EUR"}

    async def story(till: Till) -> None:
        refused(await till.post("unlinked-refunds", asked), 403, "missing_scope")
        results = await send(
            till,
            [{"operation": "unlinked_refund", "idempotency_key": "u", **asked}, spend(asked["code"], "k")],
        )
        assert codes_of(results) == ["missing_scope", "done"]

    at_the_till(own_database, merchant, story, scopes=("pos",))
    assert balance_minor(card) == 900


def test_a_reversal_needs_no_key_of_its_own_and_works_in_a_batch(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    card = make_promo_card(merchant, 1_000)
    code = code_of(card)

    async def story(till: Till) -> None:
        results = await send(
            till,
            [
                spend(code, "k", 600),
                {"operation": "reverse", "idempotency_key": "k"},
                {"operation": "reverse", "idempotency_key": "k"},
                {"operation": "reverse", "idempotency_key": "never"},
                spend(code, "never", 5),
                {"operation": "reverse", "idempotency_key": "not visible"},
            ],
        )
        assert codes_of(results) == [
            "done", "done", "replayed", "done", "reversed", "invalid_idempotency_key",
        ]  # fmt: skip
        undone, prevented = results[1]["answer"], results[3]["answer"]
        assert (undone["outcome"], undone["operation"], undone["id"], undone["amount_minor"]) == (
            "undone", "redeem", results[0]["answer"]["id"], 600,
        )  # fmt: skip
        assert (prevented["outcome"], prevented["id"], prevented["card"]) == ("prevented", None, None)
        single = await till.post("reversals", {"idempotency_key": "k"}, key=None)
        assert (single.status_code, single.headers["idempotent-replayed"]) == (200, "true")
        assert single.json() == undone
        refused(
            await till.post("reversals", {"idempotency_key": ""}, key=None), 422, "invalid_idempotency_key"
        )
        refused(await till.post("reversals", {}, key=None), 422, "invalid")

    at_the_till(own_database, merchant, story)
    assert balance_minor(card) == 1_000
