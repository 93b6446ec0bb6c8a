"""What an admin does about somebody's way in. Taking a second factor off takes two of them."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giftwell.foundation.identity.clear_tries import clear_tries
from giftwell.foundation.identity.end_sessions import end_sessions
from giftwell.foundation.identity.give_time import give_time
from giftwell.foundation.identity.models import User
from giftwell.foundation.identity.reset_second_factor import ask_for_reset, do_reset, drop_reset
from giftwell.foundation.identity.set_active import deactivate_person, reactivate_person
from giftwell.interfaces.backoffice.people import find_person, person_shown
from giftwell.interfaces.backoffice.people_forms import DaysForm, DoForm, ReasonForm
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.notices import Notice, tell
from giftwell.interfaces.common.pages import PageRequest, View, platform_page
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError

type Act = Callable[[PageRequest, User], None]


def _with_reason(name: str, act: Callable[[PageRequest, User, str], None], words: str) -> View:
    @require_POST
    @platform_page(Permission.PLATFORM_PEOPLE_EDIT)
    def view(request: PageRequest, person_id: str) -> HttpResponse:
        found, form = find_person(person_id), ReasonForm(request.POST)
        if form.is_valid():
            try:
                act(request, found, form.cleaned_data["reason"])
            except DomainError as error:
                if not error.errors:
                    messages.error(request, error.detail)
                    return redirect("backoffice:person", person_id)
                form.add_error("reason", error.detail)
            else:
                messages.success(request, _(words))
                return redirect("backoffice:person", person_id)
        return person_shown(request, found, reason=form, act=name)

    return view


def _at_once(act: Act, words: str) -> View:
    @require_POST
    @platform_page(Permission.PLATFORM_PEOPLE_EDIT)
    def view(request: PageRequest, person_id: str) -> HttpResponse:
        DoForm(request.POST).full_clean()
        try:
            act(request, find_person(person_id))
        except DomainError as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, _(words))
        return redirect("backoffice:person", person_id)

    return view


def _deactivate(request: PageRequest, user: User, reason: str) -> None:
    deactivate_person(user=user, reason=reason, actor=request.actor, now=now())


def _ask(request: PageRequest, user: User, reason: str) -> None:
    ask_for_reset(user=user, reason=reason, admin=request.user, now=now())


def _reactivate(request: PageRequest, user: User) -> None:
    reactivate_person(user=user, actor=request.actor, now=now())


def _end(request: PageRequest, user: User) -> None:
    keep = request.session.session_key if user.pk == request.user.pk else None
    end_sessions(user=user, keep=keep, actor=request.actor, now=now())


def _clear(request: PageRequest, user: User) -> None:
    clear_tries(user=user, actor=request.actor, now=now())


def _reset(request: PageRequest, user: User) -> None:
    do_reset(user=user, admin=request.user, now=now())
    tell(user, Notice.FACTORS_RESET, actor=request.actor)


def _drop(request: PageRequest, user: User) -> None:
    drop_reset(user=user, admin=request.user, now=now())


@require_POST
@platform_page(Permission.PLATFORM_PEOPLE_EDIT)
def give_days(request: PageRequest, person_id: str) -> HttpResponse:
    """Give somebody more days until their role asks for a second factor."""
    found, form, at = find_person(person_id), DaysForm(request.POST), now()
    if form.is_valid():
        give_time(
            user=found, until=at + timedelta(days=form.cleaned_data["days"]), actor=request.actor, now=at
        )
        messages.success(request, _("They have until then."))
    else:
        messages.error(request, _("Name a number of days from 1 to 30."))
    return redirect("backoffice:person", person_id)


deactivate = _with_reason("deactivate", _deactivate, "They are out, and cannot sign in any more.")
ask = _with_reason("ask", _ask, "Another admin has to do it now.")
reactivate = _at_once(_reactivate, "They may sign in again.")
end = _at_once(_end, "Every session of theirs has ended.")
clear = _at_once(_clear, "They may try again at once.")
reset = _at_once(_reset, "Their second factors are off, and every session of theirs has ended.")
drop = _at_once(_drop, "Nothing was taken off.")
