"""Answers that take equally long whether an address is known or not."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

# Above what sign-up or a reset takes on a busy machine; allauth's limits bound how many can wait here.
FLOOR_SECONDS = 0.4


def evenly_paced(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hold a POST back until `FLOOR_SECONDS` have passed: a clock must not tell who has an account."""

    @wraps(view)
    def paced(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        started = time.monotonic()
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            time.sleep(max(0.0, FLOOR_SECONDS - (time.monotonic() - started)))
        return response

    return paced
