"""The team: who works here, in which role and where; people are invited and change roles here."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from giftwell.foundation.identity.change_member import change_member
from giftwell.foundation.identity.models import Invitation, Membership
from giftwell.foundation.identity.remove_member import remove_member
from giftwell.foundation.identity.transfer_ownership import transfer_ownership
from giftwell.foundation.identity.withdraw_invitation import withdraw_invitation
from giftwell.foundation.tenancy.models import Location
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.inviting import invite
from giftwell.interfaces.common.notices import Notice
from giftwell.interfaces.common.notices import tell as tell_person
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.common.positions import read_position, role_word, role_words, roles_of
from giftwell.interfaces.console.errors import id_or_404, tell, there
from giftwell.interfaces.console.shown import show
from giftwell.interfaces.console.team_forms import InviteForm, PositionForm
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError


@require_safe
@merchant_page(Permission.TEAM_VIEW)
def team(request: PageRequest, slug: str) -> HttpResponse:
    """Who works here, and who is invited."""
    return _page(request, _invite_form(request))


@merchant_page(Permission.TEAM_EDIT)
@require_POST
def send_invitation(request: PageRequest, slug: str) -> HttpResponse:
    """Offer somebody a role by mail."""
    form = _invite_form(request, posted=True)
    if not form.is_valid():
        return _page(request, form)
    wanted = form.cleaned_data
    try:
        invitation = invite(
            merchant=request.merchant,
            email=wanted["email"],
            position=read_position(request.merchant, wanted["role"], wanted["places"]),
            inviter=request.user.name or request.user.email,
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        tell(form, error)
        return _page(request, form)
    messages.success(request, _("We have written to %(email)s.") % {"email": invitation.email})
    return redirect("console:team", slug)


@merchant_page(Permission.TEAM_EDIT)
@require_POST
def withdraw(request: PageRequest, slug: str, invitation_id: str) -> HttpResponse:
    """Take an invitation back."""
    Strict(request.POST).is_valid()
    try:
        withdraw_invitation(
            merchant=request.merchant,
            invitation_id=id_or_404(Invitation.PREFIX, invitation_id),
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("The link in that mail does not work any more."))
    return redirect("console:team", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Permission.TEAM_EDIT)
def member(request: PageRequest, slug: str, membership_id: UUID) -> HttpResponse:
    """One member: another role, other places, and the ways to hand over or to remove."""
    found = _member(request, membership_id)
    own = found.custom_role.public_id if found.custom_role else found.role
    places = [one.location.public_id for one in found.places.all()]
    form = PositionForm(
        request.POST if request.method == "POST" else None,
        initial={"role": own, "places": places},
        **_choices(request),
    )
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            change_member(
                merchant=request.merchant,
                membership_id=membership_id,
                position=read_position(request.merchant, wanted["role"], wanted["places"]),
                actor=request.actor,
                now=now(),
            )
        except DomainError as error:
            tell(form, error)
        else:
            messages.success(request, _("Saved. It holds from their next click on."))
            return redirect("console:team", slug)
    context = {"member": found, "role": role_word(found.role, found.custom_role), "form": form}
    return show(request, "console/team/member.html", "team", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Permission.TEAM_EDIT)
def hand_over(request: PageRequest, slug: str, membership_id: UUID) -> HttpResponse:
    """Ask, naming the person, and make them the owner."""
    found = _member(request, membership_id)
    if request.method == "POST":
        Strict(request.POST).is_valid()
        try:
            transfer_ownership(
                merchant=request.merchant, owner=request.user, membership_id=membership_id, now=now()
            )
        except DomainError as error:
            messages.error(request, error.detail)
        else:
            name = found.user.name or found.user.email
            for person in (request.user, found.user):
                tell_person(person, Notice.OWNS_A_SHOP, detail=request.merchant.name, actor=request.actor)
            messages.success(request, _("%(name)s owns this shop now; you manage it.") % {"name": name})
        return redirect("console:team", slug)
    return show(request, "console/team/hand_over.html", "team", member=found)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Permission.TEAM_EDIT)
def remove(request: PageRequest, slug: str, membership_id: UUID) -> HttpResponse:
    """Ask, naming the person, and end their role; an owner may leave by it, the last one may not."""
    found = _member(request, membership_id)
    if request.method == "POST":
        Strict(request.POST).is_valid()
        try:
            remove_member(
                merchant=request.merchant, membership_id=membership_id, actor=request.actor, now=now()
            )
        except DomainError as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, _("They can no longer open this shop's desk or till."))
            if found.user_id == request.user.pk:
                return redirect("console:choose")
        return redirect("console:team", slug)
    role = role_word(found.role, found.custom_role)
    return show(request, "console/team/remove.html", "team", member=found, role=role)


def _member(request: PageRequest, membership_id: UUID) -> Membership:
    with reading():
        members = Membership.objects.select_related("user", "custom_role").prefetch_related(
            "places__location"
        )
        return there(members.filter(merchant=request.merchant, id=membership_id).first())


def _choices(request: PageRequest) -> dict[str, Any]:
    with reading():
        places = Location.objects.filter(merchant=request.merchant, is_active=True).order_by("name", "id")
        return {"locations": list(places), "roles": list(roles_of(request.merchant))}


def _invite_form(request: PageRequest, *, posted: bool = False) -> InviteForm:
    return InviteForm(request.POST if posted else None, **_choices(request))


def _page(request: PageRequest, form: InviteForm) -> HttpResponse:
    at = now()
    with reading():
        members = list(
            Membership.objects.filter(merchant=request.merchant)
            .select_related("user", "custom_role")
            .prefetch_related("places__location")
            .order_by("created_at", "id")
        )
        open_ones = Invitation.objects.filter(
            merchant=request.merchant, accepted_at=None, withdrawn_at=None
        ).select_related("custom_role")
        invitations = list(open_ones.order_by("-invited_at", "-id")[:100])
    words = role_words()
    rows = [(one, role_word(one.role, one.custom_role), words.get(one.role, ("", ""))[1]) for one in members]
    waiting = [(one, role_word(one.role, one.custom_role), one.expires_at <= at) for one in invitations]
    return show(request, "console/team/list.html", "team", rows=rows, waiting=waiting, form=form)
