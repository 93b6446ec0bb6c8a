"""The whole document under fire: whatever is sent, the answer is a documented one and never a broken server.

Each operation is asked with data that follows its schema and with data that does not; half of it names things
that are really there. `SCHEMATHESIS_EXAMPLES` raises how many of each are tried.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from giftwell.config.openapi import document
from giftwell.domain.redemption.authorize import authorize
from giftwell.interfaces.common.access import SCOPES
from giftwell.interfaces.pos.app import build
from giftwell.kit.clock import now
from giftwell.kit.ids import public_id
from giftwell.kit.money import Money
from tests.database import OwnDatabase
from tests.factories.cards import code_of, make_promo_card
from tests.factories.catalog import design_of, escrow_of, promo_of
from tests.factories.identity import TESTS, location_of, make_api_key
from tests.factories.orders import lines_of, make_fulfilled_order, make_shop
from tests.interfaces.api.caller import caller_for
from tests.interfaces.pos.tills import pos_settings

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "10"))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
LABELS = [
    f"{method.upper()} {path}" for path, operations in document()["paths"].items() for method in operations
]
AT_THE_TILL = [label for label in LABELS if " /v1/pos/" in label]
REST = [label for label in LABELS if label not in AT_THE_TILL]
_QUIET = [
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
]


def _things(label: str) -> tuple[str, dict[str, Any]]:
    """A key that may do everything in a shop that is open, and the names of what is there."""
    shop = make_shop()
    merchant = shop.merchant
    order = make_fulfilled_order(shop)
    (line,) = lines_of(order)
    card = make_promo_card(merchant)
    code = code_of(card)
    spent = caller_for(merchant).post("redemptions", {"code": code, "amount_minor": 100, "currency": "EUR"})
    _, secret = make_api_key(merchant, *SCOPES)
    redemption = spent.json()["id"]
    held = authorize(
        merchant_id=merchant.id, code=code, amount=Money(100, "EUR"), key="held", actor=TESTS, now=now()
    )
    return secret, {
        "id": public_id("auth", held.id), "authorization": public_id("auth", held.id),
        "name": "A gift",
        "key": "held", "kind": "range", "min_value_minor": 1000, "max_value_minor": 20_000,
        "value_minor": 2500, "price_minor": 2000, "amount_minor": 2500,
        "recipient_name": "Maja", "card_id": card.public_id, "card": card.public_id,
        "order_id": order.public_id,
        "order_card": line.public_id, "product_id": shop.product.public_id, "product": shop.product.public_id,
        "program": (escrow_of if "products" in label else promo_of)(merchant).public_id,
        "design": design_of(merchant).public_id,
        "location": location_of(merchant).public_id, "redemption_id": redemption, "redemption": redemption,
        "code": code, "currency": "EUR", "email": "tomas@example.com", "recipient_email": "maja@example.com",
    }  # fmt: skip


def _made_true(data: Any, things: dict[str, Any]) -> Any:
    """The data with the names of things that are really there, wherever one is asked for."""
    if isinstance(data, dict):
        return {
            name: things[name]
            if name in things and isinstance(inner, str | int)
            else _made_true(inner, things)
            for name, inner in data.items()
        }
    if isinstance(data, list):
        return [_made_true(inner, things) for inner in data]
    return data


def _fire(application: Any, label: str, secret: str, things: dict[str, Any]) -> None:
    schema = schemathesis.openapi.from_dict(document())
    schema.app = application
    operation = schema.find_operation_by_label(label)
    assert operation is not None
    statuses = set()
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @seed(4711)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=_QUIET,
            print_blob=False,
        )
        @given(case=operation.as_strategy(mode), is_true=st.booleans())
        def ask(case: schemathesis.Case, is_true: bool) -> None:
            if is_true:
                case.body = _made_true(case.body, things)
                case.path_parameters = _made_true(case.path_parameters, things)
            answer = case.call(headers={"Authorization": f"Bearer {secret}"})
            statuses.add(answer.status_code)
            case.validate_response(answer, checks=CHECKS)

        try:
            ask()
        except Exception as error:
            if "Unsatisfiable" not in type(error).__name__:  # nothing can be wrong where nothing is taken
                raise
    assert statuses - {401, 403, 429}, "the key must get in, or nothing is tried"


@pytest.mark.parametrize("label", REST)
def test_rest_answers_as_documented_whatever_is_sent(own_database: OwnDatabase, label: str) -> None:
    secret, things = _things(label)
    _fire(get_wsgi_application(), label, secret, things)


@pytest.fixture
def application(own_database: OwnDatabase) -> Iterator[Any]:
    """The point of sale, whose life ends with the test."""
    yield build(pos_settings(own_database))
    shutdown_lifespans()


@pytest.mark.parametrize("label", AT_THE_TILL)
def test_the_point_of_sale_answers_as_documented_whatever_is_sent(application: Any, label: str) -> None:
    secret, things = _things(label)
    _fire(application, label, secret, things)
