"""The team: who works here and in which role. People need an account first; invitations come later."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.foundation.identity.add_member import add_member
from giftwell.foundation.identity.models import Membership, User
from giftwell.foundation.identity.remove_member import remove_member
from giftwell.foundation.tenancy.models import Location
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console.errors import tell, there
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError

# An owner is made with the shop; a second one takes an invitation, which both have to confirm.
GIVEN = ("manager", "cashier")


class MemberForm(Strict):
    """Somebody's address, a role, and the places of a cashier."""

    email = forms.EmailField(max_length=254)
    role = forms.ChoiceField()
    places = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, locations: list[Location], **more: Any) -> None:
        super().__init__(*args, **more)
        self.locations = {one.public_id: one for one in locations}
        self.fields["email"].label = _("E-mail")
        self.fields["email"].help_text = _("The address they sign in with.")
        words = role_words()
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"), choices=[(role, words[role][0]) for role in reversed(GIVEN)]
        )
        self.fields["places"] = forms.MultipleChoiceField(
            label=_("Only at"),
            required=False,
            help_text=_("None chosen means every place."),
            widget=forms.CheckboxSelectMultiple,
            choices=[(key, one.name) for key, one in self.locations.items()],
        )


def role_words() -> dict[str, tuple[str, str]]:
    """Each role's name, and what it may do."""
    return {
        "owner": (_("Owner"), _("Everything, and who works here.")),
        "manager": (_("Manager"), _("Everything but the team and the keys.")),
        "cashier": (_("Cashier"), _("The till: redeem and give back.")),
    }


@merchant_page(Permission.TEAM_VIEW)
def team(request: PageRequest, slug: str) -> HttpResponse:
    """Who works here."""
    return _page(request, MemberForm(locations=_open_places(request)))


@merchant_page(Permission.TEAM_EDIT)
def add(request: PageRequest, slug: str) -> HttpResponse:
    """Give somebody who has an account a role here."""
    if request.method != "POST":
        return redirect("console:team", slug)
    form = MemberForm(request.POST, locations=_open_places(request))
    if form.is_valid() and _added(request, form):
        return redirect("console:team", slug)
    return _page(request, form)


@merchant_page(Permission.TEAM_EDIT)
def remove(request: PageRequest, slug: str, membership_id: Any) -> HttpResponse:
    """Ask, naming the person, and end their role."""
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
        return redirect("console:team", slug)
    with reading():
        members = Membership.objects.select_related("user").filter(merchant=request.merchant)
        member = there(members.filter(id=membership_id).first())
    role = role_words().get(member.role, (member.role, ""))[0]
    return show(request, "console/team/remove.html", "team", member=member, role=role)


def _open_places(request: PageRequest) -> list[Location]:
    with reading():
        return list(Location.objects.filter(merchant=request.merchant, is_active=True).order_by("name"))


def _page(request: PageRequest, form: MemberForm) -> HttpResponse:
    with reading():
        members = list(
            Membership.objects.filter(merchant=request.merchant)
            .select_related("user")
            .prefetch_related("places__location")
            .order_by("created_at", "id")
        )
    words = role_words()
    rows = [(one, *words.get(one.role, (one.role, ""))) for one in members]
    return show(request, "console/team/list.html", "team", rows=rows, form=form)


def _added(request: PageRequest, form: MemberForm) -> bool:
    wanted = form.cleaned_data
    person = User.objects.filter(email=wanted["email"].strip().lower(), is_active=True).first()
    if person is None:
        form.add_error("email", _("Nobody signs in with this address. They need an account first."))
        return False
    try:
        add_member(
            merchant=request.merchant,
            user=person,
            role=wanted["role"],
            locations=[form.locations[one] for one in wanted["places"]],
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        tell(form, error)
        return False
    messages.success(request, _("%(name)s works here now.") % {"name": person.name or person.email})
    return True
