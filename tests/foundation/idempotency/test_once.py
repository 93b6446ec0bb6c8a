"""One key, one effect.

The same answer for the same request, a named difference for another, a turn for each.
"""

import threading

import pytest
from django.db import connection

from giftwell.foundation.idempotency import once as once_module
from giftwell.foundation.idempotency.models import IdempotencyKey
from giftwell.foundation.idempotency.once import InvalidKey, KeyConflict, KeyInUse, once
from giftwell.foundation.idempotency.queries import effects_of
from giftwell.foundation.idempotency.refusals import KeyReversed
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction
from giftwell.kit.clock import now
from tests.factories.identity import make_merchant

FIELDS = {"name": "Winter", "price": {"amount_minor": 500, "currency": "EUR"}, "note": None}


def ask(
    merchant: Merchant, *, key: str = "order-1", resource: str = "dsgn_1", **fields: object
) -> tuple[str, bool]:
    """Make the request, and tell what it is answered with and whether it was a replay."""
    given = {**FIELDS, **fields}
    with (
        scope.merchant(merchant.id),
        once(merchant_id=merchant.id, operation="designs.create", key=key, fields=given, now=now()) as effect,
    ):
        if not effect.is_replay:
            effect.resource = resource
    return effect.resource, effect.is_replay


@pytest.mark.django_db
def test_the_same_key_and_request_get_the_first_one_s_resource():
    merchant = make_merchant()
    assert ask(merchant) == ("dsgn_1", False)
    assert ask(merchant, resource="dsgn_2") == ("dsgn_1", True)


@pytest.mark.django_db
def test_another_request_under_the_key_is_told_which_fields_differ_and_nothing_else():
    merchant = make_merchant()
    ask(merchant)
    with pytest.raises(KeyConflict) as caught:
        ask(merchant, name="Summer", extra=1)
    assert set(caught.value.errors) == {"name", "extra"}
    assert "Winter" not in str(caught.value.errors) + caught.value.detail
    assert "dsgn_1" not in str(caught.value.errors) + caught.value.detail
    assert caught.value.code == "idempotency_conflict"


@pytest.mark.django_db
def test_what_was_refused_left_no_trace_and_is_judged_again():
    merchant = make_merchant()

    class Refusal(Exception):
        """The work inside was refused."""

    def ask_in_vain() -> None:
        with (
            scope.merchant(merchant.id),
            once(
                merchant_id=merchant.id, operation="designs.create", key="order-1", fields=FIELDS, now=now()
            ),
        ):
            raise Refusal

    with pytest.raises(Refusal):
        ask_in_vain()
    assert ask(merchant) == ("dsgn_1", False)


@pytest.mark.django_db
def test_keys_of_other_merchants_and_operations_are_others():
    merchant, other = make_merchant(), make_merchant()
    ask(merchant)
    assert ask(other, resource="dsgn_9") == ("dsgn_9", False)
    with (
        scope.merchant(merchant.id),
        once(
            merchant_id=merchant.id, operation="products.create", key="order-1", fields={}, now=now()
        ) as effect,
    ):
        assert not effect.is_replay
        effect.resource = "prod_1"
    with scope.merchant(merchant.id), reading():
        found = effects_of(merchant_id=merchant.id, key="order-1")
        assert {(row.operation, row.resource) for row in found} == {
            ("designs.create", "dsgn_1"),
            ("products.create", "prod_1"),
        }
        assert not effects_of(merchant_id=merchant.id, key="order-2").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "a b", "a\n", "é", "x" * 256, "\x00", "tab\t"])
def test_a_key_that_is_not_1_to_255_visible_characters_is_invalid(key):
    merchant = make_merchant()
    with pytest.raises(InvalidKey):
        ask(merchant, key=key)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["!", "~", "x" * 255])
def test_the_shortest_and_the_longest_key_count_as_any_other(key):
    merchant = make_merchant()
    assert [ask(merchant, key=key), ask(merchant, key=key)] == [("dsgn_1", False), ("dsgn_1", True)]


@pytest.mark.django_db
def test_neither_the_key_nor_the_request_can_be_read_from_the_row():
    merchant = make_merchant()
    ask(merchant, key="customer-maja@example.com")
    with scope.merchant(merchant.id), reading():
        row = IdempotencyKey.objects.get(merchant_id=merchant.id)
    kept = repr((bytes(row.key_hash), row.fingerprint))
    assert "maja" not in kept
    assert "Winter" not in kept


def test_two_at_once_take_effect_once_and_the_second_waits_for_the_first_s_answer(own_database):
    merchant = make_merchant()
    answers: list[tuple[str, bool]] = []
    inside, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with (
            scope.merchant(merchant.id),
            once(
                merchant_id=merchant.id, operation="designs.create", key="order-1", fields=FIELDS, now=now()
            ) as effect,
        ):
            inside.set()
            assert go_on.wait(10)
            effect.resource = "dsgn_first"
        connection.close()

    def second() -> None:
        answers.append(ask(merchant, resource="dsgn_second"))
        connection.close()

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert inside.wait(10)
    threads[1].start()
    threads[1].join(0.3)
    assert threads[1].is_alive()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert answers == [("dsgn_first", True)]


def test_whoever_waits_too_long_is_told_to_come_back(own_database, monkeypatch):
    monkeypatch.setattr(once_module, "WAIT_SECONDS", 1)
    merchant = make_merchant()
    inside, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with (
            scope.merchant(merchant.id),
            once(
                merchant_id=merchant.id, operation="designs.create", key="order-1", fields=FIELDS, now=now()
            ) as effect,
        ):
            inside.set()
            go_on.wait(10)
            effect.resource = "dsgn_first"
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    with pytest.raises(KeyInUse):
        ask(merchant)
    go_on.set()
    thread.join(10)
    assert ask(merchant) == ("dsgn_first", True)


@pytest.mark.django_db
def test_a_reversed_key_is_refused_to_every_operation_and_shown_as_no_effect():
    merchant = make_merchant()
    with scope.merchant(merchant.id), transaction():
        IdempotencyKey.objects.create(
            merchant_id=merchant.id, operation=once_module.REVERSAL, fingerprint={}, resource="post_1",
            key_hash=once_module.hash_of(merchant.id, "order-1"), created_at=now(),
        )  # fmt: skip
    with pytest.raises(KeyReversed):
        ask(merchant)
    assert ask(merchant, key="order-2") == ("dsgn_1", False)
    with scope.merchant(merchant.id), reading():
        assert not effects_of(merchant_id=merchant.id, key="order-1").exists()
