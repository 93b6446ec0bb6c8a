"""People: who they are on the platform, how they get in, what may be done about it. No secret is shown."""

from typing import Any

from allauth.account.models import EmailAddress
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity.clear_tries import waits_until
from giftwell.foundation.identity.find_memberships import find_memberships
from giftwell.foundation.identity.models import Device, PlatformRole, SecondFactorReset, Session, User
from giftwell.foundation.identity.second_factor import due_at, has_second_factor
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.backoffice.people_forms import DaysForm, ReasonForm
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.pages import PageRequest, platform_page
from giftwell.interfaces.common.paging import page_of
from giftwell.interfaces.common.positions import role_word
from giftwell.interfaces.common.second_factor import is_asked_of
from giftwell.kit.clock import now
from giftwell.kit.errors import NotFound
from giftwell.kit.ids import parse_id

_TOLD = 20


class UnknownPerson(NotFound):
    """No person has this id."""

    code = "unknown_person"
    detail = "There is no person of this id."


@require_safe
@platform_page(Permission.PLATFORM_PEOPLE)
def people(request: PageRequest) -> HttpResponse:
    """Everybody, newest first; an address that is searched for is compared whole."""
    wanted = request.GET.get("q", "").strip().lower()
    with reading():
        found = User.objects.filter(email=wanted) if wanted else User.objects.all()
        page = page_of(found, cursor=request.GET.get("cursor"))
    context = {
        "place": "people",
        "people": page.rows,
        "q": wanted,
        "older": f"?cursor={page.next_cursor}" if page.next_cursor else "",
        "newest": "?" if request.GET.get("cursor") else "",
    }
    return render(request, "backoffice/people.html", context)


@require_safe
@platform_page(Permission.PLATFORM_PEOPLE)
def person(request: PageRequest, person_id: str) -> HttpResponse:
    """One person."""
    return person_shown(request, find_person(person_id))


def find_person(person_id: str) -> User:
    """The person of this id. Raises `UnknownPerson`."""
    with reading():
        found = User.objects.filter(id=parse_id(User.PREFIX, person_id)).first()
    if found is None:
        raise UnknownPerson
    return found


def person_shown(
    request: PageRequest, found: User, *, reason: ReasonForm | None = None, act: str = ""
) -> HttpResponse:
    """The page of a person; with `act`, the form of that act and what was wrong with it."""
    at = now()
    with reading():
        sessions = Session.objects.filter(user=found, expire_date__gt=at)
        facts: dict[str, Any] = {
            "is_verified": EmailAddress.objects.filter(user=found, primary=True, verified=True).exists(),
            "platform_roles": list(PlatformRole.objects.filter(user=found).values_list("role", flat=True)),
            "devices": list(Device.objects.filter(user=found).order_by("-last_seen_at")[:_TOLD]),
            "sessions": sessions.count(),
            "has_factor": has_second_factor(found),
            "waits_until": waits_until(found, now=at),
            "reset": SecondFactorReset.objects.select_related("asked_by")
            .filter(user=found, done_at__isnull=True)
            .first(),
            "rows": list(AuditRow.objects.filter(subject=found.public_id).order_by("-at", "-id")[:_TOLD]),
        }
    places = [(one, role_word(one.role, None)) for one in find_memberships(found.pk)]
    context = {
        **facts,
        "place": "people",
        "person": found,
        "places": places,
        "is_asked": is_asked_of(found),
        "due_at": due_at(found),
        "is_oneself": found.pk == request.user.pk,
        "may_edit": Permission.PLATFORM_PEOPLE_EDIT in request.permissions,
        "deactivate": reason if act == "deactivate" else ReasonForm(),
        "ask": reason if act == "ask" else ReasonForm(),
        "days": DaysForm(),
    }
    return render(request, "backoffice/person.html", context)
