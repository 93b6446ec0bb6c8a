"""The addresses of the REST API. config mounts the document, since it knows both APIs."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path

from giftwell.interfaces.api.answers import problem_response
from giftwell.interfaces.api.app import api
from giftwell.interfaces.common.access import AccessRule
from giftwell.interfaces.common.entrance import NoSuchAddress
from giftwell.interfaces.common.pages import declares


@declares(AccessRule("public"))
def nothing_here(request: HttpRequest) -> HttpResponse:
    """No endpoint has this address."""
    return problem_response(request, NoSuchAddress())


urlpatterns = [path("v1/", api.urls), re_path(r"^v1/.*$", nothing_here)]
