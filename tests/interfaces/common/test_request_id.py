"""Each request has one id: in its logs, its audit rows and its answer."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from giftwell.interfaces.common.request_id import RequestIdMiddleware, request_id_from


@pytest.mark.parametrize(
    "header", ["abcdefgh", "0c2f4a1e-8f6b-4a53-9d2d-2b9c6a4f0d11", "req_1.2-3456", "x" * 64]
)
def test_a_caller_s_id_is_kept_where_it_is_a_plain_word(header):
    assert request_id_from(header) == header


@pytest.mark.parametrize(
    "header", ["", "short", "x" * 65, "a b c d e f", 'x"},{"level":"x', "-startswith", "line\nbreak9"]
)
def test_anything_else_is_replaced(header):
    given = request_id_from(header)
    assert given != header
    assert request_id_from(given) == given


def test_the_view_and_the_answer_carry_the_same_id():
    seen = {}

    def view(request):
        seen["id"] = request.request_id
        return HttpResponse()

    request = RequestFactory().get("/", headers={"X-Request-Id": "bad id"})
    response = RequestIdMiddleware(view)(request)
    assert response["X-Request-Id"] == seen["id"] == request.META["HTTP_X_REQUEST_ID"]
    assert seen["id"].startswith("req-")


def test_the_whole_platform_answers_with_the_id_it_was_given():
    response = Client().get("/livez", headers={"X-Request-Id": "my-own-id-1234"})
    assert response.status_code == 200
    assert response["X-Request-Id"] == "my-own-id-1234"
