"""From kinds of refusal to statuses, once for every interface."""

import pytest

from giftwell.interfaces.common.problems import TITLES, Malformed, headers_of, problem_of, status_of
from giftwell.kit.errors import DomainError, Forbidden, Invalid, NotFound, Refused, Unavailable


class _Poor(Refused):
    code = "insufficient_funds"
    detail = "There is not enough on the card."


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Invalid(), 422),
        (Forbidden(), 403),
        (NotFound(), 404),
        (Refused(), 409),
        (Unavailable(), 503),
        (Malformed(), 400),
        (_Poor(), 402),
        (DomainError(), 500),
    ],
)
def test_a_kind_of_error_has_one_status_and_every_status_a_title(error, status):
    assert status_of(error) == status
    assert TITLES[status]


def test_a_problem_document_says_what_happened_and_names_the_fields():
    body = problem_of(Invalid("Look again.", errors={"amount_minor": "Too small."}), request_id="req_1")
    assert body == {
        "type": "urn:giftwell:problem:invalid",
        "title": "Not valid",
        "status": 422,
        "code": "invalid",
        "detail": "Look again.",
        "errors": {"amount_minor": "Too small."},
        "request_id": "req_1",
    }


def test_statuses_that_ask_for_something_carry_its_header():
    assert headers_of(401)["WWW-Authenticate"].startswith("Bearer")
    assert headers_of(503)["Retry-After"]
    assert headers_of(429)["Retry-After"]
    for status in TITLES:
        assert headers_of(status)["Cache-Control"] == "no-store"
