"""One table of cases, through the point of sale, through its batches and through the verbs.

The answers are the same.
"""

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from giftwell.domain.cards.close_card import close_card
from giftwell.domain.cards.freeze_card import freeze_card
from giftwell.domain.cards.models import FreezeReason
from giftwell.domain.ledger.verify import verify
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.clock import now
from giftwell.kit.codes import new_code
from tests.database import OwnDatabase
from tests.factories.cards import code_of, make_promo_card, make_sold_card
from tests.factories.catalog import make_shop
from tests.factories.identity import TESTS, location_of
from tests.interfaces.pos.doors import Shop, Step, through_batches, through_http, through_verbs

R, A, C, V, F, B = "redeem", "authorize", "capture", "void", "refund", "balance"
N, U, X = "reauthorize", "unlinked_refund", "reverse"

CASES: dict[str, list[Step]] = {
    "a part, then the rest, then nothing is left": [
        Step(R, "sold", 2000, "k1"), Step(R, "sold", 3000, "k2"), Step(R, "sold", 1, "k3"), Step(B, "sold"),
    ],
    "too much takes nothing, and the key is free again": [
        Step(R, "sold", 5001, "k1"), Step(B, "sold"), Step(R, "sold", 5000, "k1"),
    ],
    "the same key and request give the first answer for ever": [
        Step(R, "sold", 2000, "k1"), Step(R, "sold", 1000, "k2"), Step(R, "sold", 2000, "k1"),
        Step(B, "sold"),
    ],
    "another amount under the key names the amount": [
        Step(R, "sold", 2000, "k1"), Step(R, "sold", 2001, "k1"),
    ],
    "another card and reference under the key name both": [
        Step(R, "sold", 100, "k1", more={"reference": "a"}),
        Step(R, "gift", 100, "k1", more={"reference": "b"}),
    ],
    "another currency under the key names it": [
        Step(R, "sold", 100, "k1"), Step(R, "sold", 100, "k1", currency="USD"),
    ],
    "a key serves one operation": [
        Step(R, "sold", 100, "k1"), Step(A, "sold", 100, "k1"), Step(F, of=0, key="k1"), Step(V, key="k1"),
    ],
    "a part is approved when asked for": [
        Step(R, "sold", 9000, "k1", more={"allow_partial": True}),
        Step(R, "sold", 9000, "k2", more={"allow_partial": True}), Step(B, "sold"),
    ],
    "a given card": [Step(R, "gift", 700), Step(F, of=0, key="k2"), Step(B, "gift")],
    "a location of the merchant": [Step(R, "sold", 100, location="mine")],
    "a location of another merchant": [Step(R, "sold", 100, location="foreign"), Step(B, "sold")],
    "a frozen card": [Step(R, "frozen", 100), Step(A, "frozen", 100, "k2"), Step(B, "frozen")],
    "a closed card": [Step(R, "closed", 100), Step(A, "closed", 100, "k2"), Step(B, "closed")],
    "an expired card": [Step(R, "expired", 100), Step(A, "expired", 100, "k2"), Step(B, "expired")],
    "an unknown code": [Step(R, "unknown", 100), Step(A, "unknown", 100, "k2"), Step(B, "unknown")],
    "a foreign code": [Step(R, "foreign", 100), Step(A, "foreign", 100, "k2"), Step(B, "foreign")],
    "a mistyped code": [Step(R, "mistyped", 100), Step(B, "mistyped")],
    "a malformed code": [Step(R, "malformed", 100), Step(B, "malformed")],
    "a code as people type it": [Step(R, "typed", 100), Step(B, "typed")],
    "another currency": [Step(R, "sold", 100, currency="USD"), Step(A, "sold", 100, currency="JPY")],
    "a currency that is none": [Step(R, "sold", 100, currency="ZZZ")],
    "zero": [Step(R, "sold", 0), Step(A, "sold", 0, "k2"), Step(B, "sold")],
    "less than zero": [Step(R, "sold", -1), Step(A, "sold", -5000, "k2"), Step(B, "sold")],
    "more than money can be": [Step(R, "sold", 10**12), Step(A, "sold", 10**15, "k2"), Step(B, "sold")],
    "a reference too long": [Step(R, "sold", 100, more={"reference": "x" * 121})],
    "hold, capture a part, and the rest is free": [
        Step(A, "sold", 3000, "k1"), Step(B, "sold"), Step(R, "sold", 2001, "k2"),
        Step(C, of=0, amount=1000, key="k3"),
        Step(B, "sold"), Step(C, of=0, amount=1000, key="k3"), Step(C, of=0, key="k4"),
        Step(V, of=0, key="k5"),
    ],
    "capture all of it": [Step(A, "sold", 3000, "k1"), Step(C, of=0, key="k2"), Step(B, "sold")],
    "capture more than is held": [
        Step(A, "sold", 3000, "k1"), Step(C, of=0, amount=3001, key="k2"), Step(B, "sold"),
    ],
    "capture zero": [Step(A, "sold", 3000, "k1"), Step(C, of=0, amount=0, key="k2")],
    "void, and again, and then capture": [
        Step(A, "sold", 3000, "k1"), Step(V, of=0, key="k2"), Step(V, of=0, key="k2"),
        Step(V, of=0, key="k3"),
        Step(C, of=0, key="k4"), Step(B, "sold"),
    ],
    "a hold that would last too long, or not at all": [
        Step(A, "sold", 1, "k1", more={"expires_in_seconds": 604_801}),
        Step(A, "sold", 1, "k2", more={"expires_in_seconds": 0}),
        Step(A, "sold", 1, "k3", more={"expires_in_seconds": 604_800}),
    ],
    "a part of what there is is held": [
        Step(A, "sold", 9000, "k1", more={"allow_partial": True}), Step(B, "sold"),
    ],
    "an authorization that is not there": [Step(C, key="k1"), Step(V, key="k2")],
    "refund a part, the rest, and no more": [
        Step(R, "sold", 3000, "k1"), Step(F, of=0, amount=1000, key="k2"),
        Step(F, of=0, amount=1000, key="k2"),
        Step(F, of=0, amount=2001, key="k3"), Step(F, of=0, key="k4"),
        Step(F, of=0, amount=1, key="k5"), Step(B, "sold"),
    ],
    "another refund under the key names the amount": [
        Step(R, "sold", 3000, "k1"), Step(F, of=0, amount=1000, key="k2"),
        Step(F, of=0, amount=999, key="k2"),
    ],
    "a redemption that is not there": [Step(F, key="k1"), Step(F, amount=5, key="k2")],
    "capture in parts, the last one with a tip": [
        Step(A, "sold", 3000, "k1"), Step(C, of=0, amount=1000, key="k2", more={"final": False}),
        Step(C, of=0, amount=1000, key="k2", more={"final": False}), Step(C, of=0, amount=1000, key="k2"),
        Step(C, of=0, amount=2001, key="k3", more={"final": False}),
        Step(C, of=0, amount=1900, key="k4", more={"tip_minor": 900}), Step(C, of=0, key="k5"),
        Step(B, "sold"),
    ],
    "a tip beyond what is allowed, below zero, or not there": [
        Step(A, "sold", 5000, "k1"), Step(C, of=0, amount=100, key="k2", more={"tip_minor": 1501}),
        Step(C, of=0, amount=100, key="k2", more={"tip_minor": -1}),
        Step(C, of=0, amount=5000, key="k2", more={"tip_minor": 1}),
        Step(B, "sold"),
    ],
    "another tip under the key names it": [
        Step(A, "sold", 3000, "k1"), Step(C, of=0, amount=1000, key="k2", more={"tip_minor": 10}),
        Step(C, of=0, amount=1000, key="k2", more={"tip_minor": 11}),
    ],
    "an authorization is raised, again, and captured": [
        Step(A, "sold", 3000, "k1"), Step(N, of=0, amount=4000, key="k2"),
        Step(N, of=0, amount=4000, key="k2"), Step(C, of=0, key="k3"), Step(C, of=1, key="k4"),
        Step(B, "sold"),
    ],
    "an authorization that cannot be replaced stays": [
        Step(A, "sold", 3000, "k1"), Step(N, of=0, amount=5001, key="k2"), Step(N, of=0, amount=0, key="k2"),
        Step(N, of=0, key="k2", more={"expires_in_seconds": 604_801}), Step(N, key="k2"),
        Step(C, of=0, key="k3"), Step(B, "sold"),
    ],
    "a refund without a redemption, again, and too much": [
        Step(U, "sold", 700, "k1"), Step(U, "sold", 700, "k1"), Step(U, "sold", 701, "k1"),
        Step(U, "sold", 10**11, "k2"), Step(U, "sold", 0, "k2"), Step(U, "gift", 100, "k3"), Step(B, "sold"),
        Step(U, "sold", 5, "k4", currency="USD"), Step(U, "sold", 5, "k4", currency="ZZZ"),
    ],
    "a refund without a redemption where it cannot be spent": [
        Step(U, card, 100, "k1")
        for card in ("frozen", "closed", "expired", "unknown", "foreign", "malformed")
    ],
    "a redemption is reversed, again, and its key answers as before": [
        Step(R, "sold", 2000, "k1"), Step(X, key="k1"), Step(X, key="k1"), Step(R, "sold", 2000, "k1"),
        Step(F, of=0, key="k2"), Step(B, "sold"),
    ],
    "a reversal comes first": [
        Step(X, key="k1"), Step(R, "sold", 2000, "k1"), Step(A, "sold", 2000, "k1"), Step(X, key="k1"),
        Step(B, "sold"),
    ],
    "what was refunded is not reversed, the refund is": [
        Step(R, "sold", 2000, "k1"), Step(F, of=0, amount=500, key="k2"), Step(X, key="k1"),
        Step(X, key="k2"), Step(X, key="k1"), Step(B, "sold"),
    ],
    "an authorization is reversed, a void and a captured one are not": [
        Step(A, "sold", 2000, "k1"), Step(X, key="k1"), Step(A, "sold", 2000, "k2"), Step(V, of=2, key="k3"),
        Step(X, key="k3"), Step(A, "sold", 2000, "k4"), Step(C, of=5, amount=500, key="k5"),
        Step(X, key="k4"), Step(X, key="k5"), Step(B, "sold"),
    ],
    "refund zero": [Step(R, "sold", 3000, "k1"), Step(F, of=0, amount=0, key="k2")],
}  # fmt: skip


def make_scene(merchant: Merchant, foreign: Shop | None = None) -> Shop:
    """A merchant's cards in every state that matters at a till, by name."""
    frozen, expired = make_sold_card(merchant), make_promo_card(merchant)
    closed = make_promo_card(merchant)
    codes = {
        name: code_of(card) for name, card in (("frozen", frozen), ("expired", expired), ("closed", closed))
    }
    freeze_card(
        merchant_id=merchant.id, card_id=frozen.id, reason=FreezeReason.MERCHANT, actor=TESTS, now=now()
    )
    close_card(merchant_id=merchant.id, card_id=closed.id, actor=TESTS, now=now())
    codes |= {"unknown": new_code(), "malformed": "HELLO"}
    locations = {"mine": location_of(merchant).id}
    if foreign:
        codes["foreign"], locations["foreign"] = foreign.codes["frozen"], foreign.locations["mine"]
    return Shop(merchant, codes, locations)


def with_fresh_cards(scene: Shop, steps: list[Step]) -> Shop:
    """The scene with untouched cards under the names that these steps spend from."""
    codes = dict(scene.codes)
    names = {step.card for step in steps}
    if names & {"sold", "typed", "mistyped"}:
        code = codes["sold"] = code_of(make_sold_card(scene.merchant))
        codes["mistyped"] = code[:5] + ("A" if code[5] != "A" else "B") + code[6:]
        codes["typed"] = f" {'-'.join(code[at : at + 4] for at in range(0, 17, 4)).lower()} "
    if "gift" in names:
        codes["gift"] = code_of(make_promo_card(scene.merchant))
    return replace(scene, codes=codes)


def expire(database: OwnDatabase, shop: Shop) -> None:
    """Let the time of the card named `expired` be over."""
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("set session_replication_role = replica")  # the card's own guard forbids it
        admin.execute(
            "update cards_card set expires_at = %s where merchant_id = %s and last4 = %s",
            [now() - timedelta(days=1), shop.merchant.id, shop.codes["expired"][-4:]],
        )


def test_every_case_is_answered_alike_by_each_door(
    own_database: OwnDatabase, subtests: pytest.Subtests
) -> None:
    elsewhere = make_scene(make_shop())
    plays: list[list[tuple[Shop, list[Step]]]] = []
    for _ in range(3):
        scene = make_scene(make_shop(), elsewhere)
        expire(own_database, scene)
        plays.append(
            [
                (with_fresh_cards(scene, steps), [replace(step, key=f"{place}:{step.key}") for step in steps])
                for place, steps in enumerate(CASES.values())
            ]
        )
    verbs = [through_verbs(shop, steps) for shop, steps in plays[0]]
    singly = through_http(own_database, plays[1])
    in_batches = through_batches(own_database, plays[2])
    for name, expected, one, other in zip(CASES, verbs, singly, in_batches, strict=True):
        with subtests.test(name):
            assert one == expected
            assert other == expected
            assert {said.status for said in expected} <= {200, 201, 402, 404, 409, 422}
    assert verify() == []
