"""The description of the till's routes is true: every address, every error, every example."""

import msgspec
import pytest

from giftwell.domain.redemption.refusals import REFUSALS
from giftwell.interfaces.common.problems import status_of
from giftwell.interfaces.pos import openapi
from giftwell.interfaces.pos.app import _OF_ONE, _ROUTES
from giftwell.kit.ids import parse_id


def test_every_route_is_described_and_nothing_else() -> None:
    served = {f"/v1/pos/{name}" for name in _ROUTES} | {"/v1/pos/batch"}
    served |= {f"/v1/pos/authorizations/{{id}}/{name}" for name in _OF_ONE}
    assert set(openapi.paths()) == served


def test_every_reference_leads_to_a_schema() -> None:
    text = msgspec.json.encode([openapi.paths(), openapi.schemas()]).decode()
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(openapi.schemas())


@pytest.mark.parametrize("name", sorted(openapi.REFUSED))
def test_every_error_stands_under_its_status_with_an_example(name: str) -> None:
    operation = next(
        item["post"] for item in openapi.paths().values() if item["post"]["operationId"] == f"pos_{name}"
    )
    for error in openapi.errors_of(name):
        examples = operation["responses"][str(status_of(error))]["content"]["application/problem+json"][
            "examples"
        ]
        assert examples[error.code]["value"]["code"] == error.code


def test_every_refusal_that_redemption_knows_is_described_somewhere() -> None:
    described = {code for codes in openapi.REFUSED.values() for code in codes}
    # Judged at the door by the header's own rule, or impossible through these functions.
    assert set(REFUSALS) - described == {"key_invalid", "account_not_found", "legs_invalid"}


def test_the_examples_are_what_they_claim_to_be() -> None:
    for door in openapi._DOORS:
        _, _, _, body, answer, _, asked, answered = door
        assert isinstance(msgspec.convert(asked, body), body)
        msgspec.convert(answered, answer)
    assert parse_id("card", openapi._CARD["id"])


def test_what_the_schema_promises_about_references_is_what_is_judged() -> None:
    reference = openapi.schemas()["PosRedeem"]["properties"]["reference"]
    assert reference["maxLength"] == 120
