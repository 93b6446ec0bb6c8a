"""How long a session lives: by the role it is used in, without a request and in all."""

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest

from giftwell.kit.clock import now

_BEGAN, _SEEN = "began", "seen"
# Writing down each request would cost a write each; a minute is exact enough for limits of half an hour.
_NOTED_EVERY_SECONDS = 60


def begin_session(request: HttpRequest) -> None:
    """Somebody has signed in: the clocks start."""
    request.session[_BEGAN] = request.session[_SEEN] = int(now().timestamp())


def has_outlived(request: HttpRequest, role: str) -> bool:
    """Whether this session is over for somebody in this role; then it has been ended.

    A role without limits of its own has those of a person.
    """
    idle, whole = settings.SESSION_LIMITS.get(role) or settings.SESSION_LIMITS["person"]
    at = int(now().timestamp())
    began, seen = request.session.get(_BEGAN, at), request.session.get(_SEEN, at)
    if at - seen > idle * 60 or at - began > whole * 60:
        logout(request)
        return True
    if at - seen >= _NOTED_EVERY_SECONDS:
        request.session[_SEEN] = at
    return False
