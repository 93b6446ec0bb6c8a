"""The devices somebody is signed in on: told when one is new, shown, and ended."""

from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from giftwell.foundation.identity.end_sessions import DeviceIsUnknown, end_sessions, forget_device
from giftwell.foundation.identity.models import Device, Session, User
from giftwell.foundation.identity.note_device import known_device, note_device
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.notices import Notice, tell
from giftwell.interfaces.common.pages import PageRequest, person_page
from giftwell.interfaces.common.session_store import DEVICE, SessionStore
from giftwell.interfaces.common.sessions import begin_session
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.ids import UnknownId, parse_id

COOKIE = "giftwell_device"
_COOKIE_SECONDS = 400 * 24 * 3600
# What a browser calls itself, the telling part first: most claim to be several others as well.
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome",
             "Chrome": "Chrome", "Safari": "Safari"}  # fmt: skip
_SYSTEMS = {"iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows",
            "Mac OS X": "Mac", "CrOS": "ChromeOS", "Linux": "Linux"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """One device as its person sees it."""

    device: Device
    seen_at: datetime
    is_this: bool
    is_open: bool


class EndForm(Strict):
    """A form whose being sent is all."""


def remember_device(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Somebody got all the way in: start the session's clocks, know the device, tell of a new one."""
    begin_session(request)
    browser, network = browser_of(request), network_of(request)
    token = request.COOKIES.get(COOKIE, "")[:64]
    seen = note_device(user=user, token=token, browser=browser, network=network, now=now())
    request.session[DEVICE] = str(seen.device.pk)
    response.set_cookie(
        COOKIE,
        seen.token,
        max_age=_COOKIE_SECONDS,
        path="/accounts/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    if seen.is_news:
        tell(user, Notice.NEW_DEVICE, detail=f"{browser}, {network}")


def device_of(request: HttpRequest | None, email: str) -> bytes | None:
    """The hash of this browser, if the person of this address has signed in with it before."""
    return known_device(email=email, token=request.COOKIES.get(COOKIE, "")[:64]) if request else None


def browser_of(request: HttpRequest) -> str:
    """Browser and system in words, as far as the browser says."""
    agent = str(request.META.get("HTTP_USER_AGENT", ""))
    browser = next((name for sign, name in _BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS.items() if sign in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("An unknown browser")


def network_of(request: HttpRequest) -> str:
    """The neighbourhood of the address: a /24, or a /48 of IPv6."""
    try:
        address = ip_address(str(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return _("an unknown network")
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


@require_safe
@person_page
def devices(request: PageRequest) -> HttpResponse:
    """All devices of this person, those in use first."""
    return render(request, "account/devices.html", {"places": _places(request)})


@person_page
@require_POST
def end_device(request: PageRequest, device_id: str) -> HttpResponse:
    """Sign one device out and forget it."""
    EndForm(request.POST).full_clean()
    try:
        wanted = parse_id(Device.PREFIX, device_id)
    except UnknownId as error:
        raise DeviceIsUnknown from error
    forget_device(user=request.user, device_id=wanted, actor=request.actor, now=now())
    messages.success(request, _("The device is signed out."))
    return redirect("account_devices")


@person_page
@require_POST
def end_others(request: PageRequest) -> HttpResponse:
    """Sign out everywhere else."""
    EndForm(request.POST).full_clean()
    end_sessions(user=request.user, keep=request.session.session_key, actor=request.actor, now=now())
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("account_devices")


def end_other_sessions(request: HttpRequest, user: User) -> None:
    """What opens the account has changed: whoever is in elsewhere has to show it."""
    key = request.session.session_key
    end_sessions(user=user, keep=key, actor=Actor.person(user.pk), now=now())


def _places(request: PageRequest) -> list[Place]:
    live = Session.objects.filter(user=request.user, device__isnull=False, expire_date__gt=now())
    seen: dict[object, int] = {}
    for session in live:
        at = int(SessionStore().decode(session.session_data).get("seen", 0))
        seen[session.device_id] = max(at, seen.get(session.device_id, 0))
    places = [
        Place(
            device=device,
            seen_at=max(device.last_seen_at, datetime.fromtimestamp(seen.get(device.pk, 0), UTC)),
            is_this=str(device.pk) == request.session.get(DEVICE),
            is_open=device.pk in seen,
        )
        for device in Device.objects.filter(user=request.user)
    ]
    return sorted(places, key=lambda one: (one.is_this, one.is_open, one.seen_at), reverse=True)
