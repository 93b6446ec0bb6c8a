"""Answers that take equally long whether an address is known or not."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

# Above what sign-up, a reset or a judged password takes on a busy machine; allauth's limits bound how many
# can wait here.
FLOOR_SECONDS = 0.4

type View = Callable[..., HttpResponseBase]


def evenly_paced(view: View) -> View:
    """Hold a POST back until `FLOOR_SECONDS` have passed: a clock must not tell who has an account."""
    return _paced(view, lambda response: True)


def evenly_refused(view: View) -> View:
    """The same for what was refused alone: whoever may come in is not kept waiting."""
    return _paced(view, lambda response: response.status_code == 200)


def _paced(view: View, waits: Callable[[HttpResponseBase], bool]) -> View:
    @wraps(view)
    def paced(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        started = time.monotonic()
        response = view(request, *args, **kwargs)
        if request.method == "POST" and waits(response):
            time.sleep(max(0.0, FLOOR_SECONDS - (time.monotonic() - started)))
        return response

    return paced
