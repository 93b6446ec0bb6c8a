"""The addresses of the REST API. config mounts the document, since it knows both APIs."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path

from giftwell.interfaces.api.app import api
from giftwell.interfaces.common.access import AccessRule
from giftwell.interfaces.common.pages import declares


@declares(AccessRule("public"))
def nothing_here(request: HttpRequest) -> HttpResponse:
    """No endpoint has this address; the middleware says so as a problem."""
    raise Http404


urlpatterns = [path("v1/", api.urls), re_path(r"^v1/.*$", nothing_here)]
