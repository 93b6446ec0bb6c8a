"""Every page that says no stands in our look, names the request, and tells nothing of the inside."""

import json

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import include, path

from giftwell.interfaces.common import error_pages

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

SECRET = "the inside of the machine"


def _raises(error):
    def view(request):
        raise error

    return view


urlpatterns = [
    path("bad/", _raises(SuspiciousOperation(SECRET))),
    path("denied/", _raises(PermissionDenied(SECRET))),
    path("gone/", _raises(Http404(SECRET))),
    path("broken/", _raises(RuntimeError(SECRET))),
    path("v1/broken/", _raises(RuntimeError(SECRET))),
    # Where the links of every page's foot lead.
    path("", include("giftwell.interfaces.storefront.urls")),
]
handler400 = error_pages.bad_request
handler403 = error_pages.permission_denied
handler404 = error_pages.page_not_found
handler500 = error_pages.server_error


@pytest.mark.parametrize(
    ("where", "status"),
    [("/bad/", 400), ("/denied/", 403), ("/gone/", 404), ("/nowhere/", 404), ("/broken/", 500)],
)
def test_an_error_page_is_ours_and_names_its_request(where, status):
    answer = Client(raise_request_exception=False).get(where)
    assert answer.status_code == status
    page = answer.content.decode()
    assert str(status) in page
    assert "giftwell/css/app.css" in page
    assert "<code>" in page, "the request id is missing"
    assert SECRET not in page
    assert "no-store" in answer["Cache-Control"]


def test_a_machine_gets_the_same_refusal_as_a_problem_document():
    answer = Client(raise_request_exception=False).get("/v1/broken/")
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert (body["status"], body["code"]) == (500, "internal_error")
    assert body["request_id"]
    assert SECRET not in str(body)


def test_the_page_of_a_breakdown_needs_no_session_and_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = error_pages.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500


def test_what_is_too_often_says_when_to_come_back():
    answer = error_pages.too_many_requests(RequestFactory().get("/"))
    assert (answer.status_code, answer["Retry-After"]) == (429, "300")


def test_a_forged_form_is_told_no_reason():
    answer = error_pages.csrf_failure(RequestFactory().post("/"), reason=SECRET)
    assert answer.status_code == 403
    assert SECRET not in answer.content.decode()
