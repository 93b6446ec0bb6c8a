"""Sending somebody elsewhere first: to the sign-in or the second factor, and back afterwards."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse


def leave_for(request: HttpRequest, name: str) -> HttpResponseBase:
    """Redirect to the page of this name, which sends them back to where they are.

    htmx would put that page into the middle of this one; a header makes it leave instead.
    """
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
    if request.headers.get("HX-Request") == "true":
        target = _path_of(request.headers.get("HX-Current-URL", "")) or back
        response: HttpResponse = HttpResponse(status=401)
        response["HX-Redirect"] = redirect_to_login(target, reverse(name)).url
        return response
    return redirect_to_login(back, reverse(name))


def _path_of(address: str) -> str:
    """The path of an address on this site, which is all that may follow a sign-in."""
    _, _, rest = address.partition("://")
    _, slash, path = rest.partition("/")
    return f"/{path}" if slash else ""
