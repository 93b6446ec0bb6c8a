"""A batch answers each operation in order; none fails its neighbours, and each has its own key."""

import asyncio
from typing import Any

from giftwell.domain.ledger.verify import verify
from tests.database import OwnDatabase
from tests.factories.cards import balance_minor, code_of, make_promo_card, make_sold_card
from tests.factories.catalog import make_shop
from tests.interfaces.pos.doors import refused
from tests.interfaces.pos.tills import Till, at_the_till


def spend(code: str, key: str, amount: int = 100, **more: Any) -> dict[str, Any]:
    """A redemption inside a batch."""
    return {
        "operation": "redeem", "idempotency_key": key, "code": code, "amount_minor": amount,
        "currency": "EUR", **more,
    }  # fmt: skip


def codes_of(results: list[dict[str, Any]]) -> list[str]:
    """`done`, `replayed`, or why not, one by one."""
    return [
        one["problem"]["code"] if "problem" in one else "replayed" if one.get("replayed") else "done"
        for one in results
    ]


async def send(till: Till, operations: list[Any]) -> list[dict[str, Any]]:
    """The results of a batch."""
    answer = await till.post("batch", {"operations": operations}, key=None)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def test_one_failure_never_fails_its_neighbours(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    code = code_of(card)

    async def story(till: Till) -> None:
        results = await send(
            till,
            [
                spend(code, "k1"),
                spend(code, "k2", 0),
                spend(code, "k3", 1.5),  # type: ignore[arg-type]
                spend("HELLO", "k4"),
                {"operation": "steal"},
                17,
                None,
                [[]],
                spend(code, "not visible"),
                {**spend(code, "k5"), "merchant": "mer_1"},
                {"operation": "balance", "code": code},
                spend(code, "k6", 99_999),
                spend(code, "k7", 200),
            ],
        )
        assert codes_of(results) == [
            "done", "amount_invalid", "invalid", "card_not_found", "invalid", "invalid", "invalid", "invalid",
            "invalid_idempotency_key", "invalid", "done", "insufficient_funds", "done",
        ]  # fmt: skip
        assert [one["status"] for one in results] == [201, 422, 422, 404, *[422] * 6, 200, 402, 201]
        assert results[10]["answer"]["balance_minor"] == 4900
        assert results[0]["idempotency_key"] == "k1"
        assert "idempotency_key" not in results[10]
        assert len({one["problem"]["request_id"] for one in results if "problem" in one}) == 1

    at_the_till(own_database, merchant, story)
    assert balance_minor(card) == 4700


def test_operations_take_effect_in_their_order(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    code = code_of(card)

    async def story(till: Till) -> None:
        first = (
            await till.post("redemptions", {"code": code, "amount_minor": 5000, "currency": "EUR"})
        ).json()
        held = {"operation": "authorize", **{k: v for k, v in spend(code, "k2").items() if k != "operation"}}
        results = await send(
            till,
            [
                spend(code, "k1", 1000),
                {"operation": "refund", "idempotency_key": "r1", "redemption": first["id"]},
                spend(code, "k1", 1000),
                spend(code, "k3", 3950, allow_partial=True),
                held,
                spend(code, "k4", 50, allow_partial=True),
                spend(code, "k5", 1),
            ],
        )
        assert codes_of(results) == [
            "insufficient_funds", "done", "done", "done", "insufficient_funds", "done", "insufficient_funds",
        ]  # fmt: skip

    at_the_till(own_database, merchant, story)
    assert balance_minor(card) == 0


def test_a_key_twice_in_one_batch_takes_effect_once(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    card, gift = make_sold_card(merchant), make_promo_card(merchant)
    code, other = code_of(card), code_of(gift)

    async def story(till: Till) -> None:
        operations = [
            spend(code, "k1"),
            spend(code, "k1"),
            spend(other, "k1"),
            spend(code, "k2"),
            spend(code, "k1"),
        ]
        results = await send(till, operations)
        assert codes_of(results) == ["done", "replayed", "idempotency_conflict", "done", "replayed"]
        assert results[0]["answer"] == results[1]["answer"] == results[4]["answer"]
        assert list(results[2]["problem"]["errors"]) == ["code"]
        again = await send(till, operations)
        assert codes_of(again) == ["replayed", "replayed", "idempotency_conflict", "replayed", "replayed"]
        alone = await till.post(
            "redemptions", {"code": code, "amount_minor": 100, "currency": "EUR"}, key="k1"
        )
        assert alone.headers["idempotent-replayed"] == "true"
        assert alone.json() == results[0]["answer"]

    at_the_till(own_database, merchant, story)
    assert (balance_minor(card), balance_minor(gift)) == (4800, 5000)


def test_a_batch_has_one_to_five_hundred_operations(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    code = code_of(make_sold_card(merchant))

    async def story(till: Till) -> None:
        for wrong in ([], [{}] * 501, None, {}, "x"):
            refused(await till.post("batch", {"operations": wrong}), 422, "invalid")
        refused(await till.post("batch", {"operations": [{}], "atomic": True}), 422, "invalid")
        refused(await till.post("batch", b'{"operations":[' + b"[" * 100_000), 400, "malformed")
        results = await send(till, [spend(code, f"k{number}", 10) for number in range(500)])
        assert codes_of(results) == ["done"] * 500
        left = [one["answer"]["balance_minor"] for one in results]
        assert left == [5000 - 10 * number for number in range(1, 501)]

    at_the_till(own_database, merchant, story)
    assert verify() == []


def test_the_same_batch_sent_many_times_at_once_takes_effect_once(own_database: OwnDatabase) -> None:
    merchant = make_shop()
    cards = [make_promo_card(merchant) for _ in range(3)]
    codes = [code_of(card) for card in cards]

    async def story(till: Till) -> None:
        operations = [spend(codes[number % 3], f"k{number}") for number in range(30)]
        batches = await asyncio.gather(*[send(till, operations) for _ in range(8)])
        ids = [[one["answer"]["id"] for one in results] for results in batches]
        assert all(one == ids[0] for one in ids)
        outcomes = [code for results in batches for code in codes_of(results)]
        assert outcomes.count("done") == 30
        assert outcomes.count("replayed") == 210

    at_the_till(own_database, merchant, story)
    assert [balance_minor(card) for card in cards] == [4000, 4000, 4000]
    assert verify() == []
