"""The forms of the team: a role and its places, an address to invite, a role of the shop's own."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from giftwell.foundation.identity.models import Role
from giftwell.foundation.tenancy.models import Location
from giftwell.interfaces.common.access import CUSTOM_PERMISSIONS, MERCHANT_ROLES, Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.positions import role_words


class PositionForm(Strict):
    """A role, and the places it is for."""

    role = forms.ChoiceField()
    places = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, locations: list[Location], roles: list[Role], **more: Any) -> None:
        super().__init__(*args, **more)
        words = role_words()
        common = [(role, f"{words[role][0]}: {words[role][1]}") for role in reversed(MERCHANT_ROLES)]
        own = [(role.public_id, role.name) for role in roles]
        groups: list[Any] = [(_("Your own roles"), own), (_("Roles of every shop"), common)]
        self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=groups if own else common)
        self.fields["places"] = forms.MultipleChoiceField(
            label=_("Only at"),
            required=False,
            help_text=_("None chosen means every place, also those that open later."),
            widget=forms.CheckboxSelectMultiple,
            choices=[(one.public_id, one.name) for one in locations],
        )


class InviteForm(PositionForm):
    """Whom to write to, and what they are offered."""

    email = forms.EmailField(max_length=254)
    field_order = ("email", "role", "places")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].help_text = _("The invitation goes there, and works for this address alone.")


class RoleForm(Strict):
    """A name, and what somebody in the role may do."""

    name = forms.CharField(max_length=40)
    permissions = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        words = permission_words()
        self.fields["name"].label = _("Name of the role")
        self.fields["permissions"] = forms.MultipleChoiceField(
            label=_("It may"),
            widget=forms.CheckboxSelectMultiple,
            choices=[(str(one), words.get(one, str(one))) for one in Permission if one in CUSTOM_PERMISSIONS],
        )


def permission_words() -> dict[str, str]:
    """What each permission allows, as the form of a role says it."""
    return {
        Permission.CONSOLE_VIEW: _("Open the desk and see its figures"),
        Permission.CARDS_VIEW: _("See cards and redemptions"),
        Permission.CARDS_ISSUE: _("Issue cards without a payment"),
        Permission.CARDS_FREEZE: _("Freeze cards and take that back"),
        Permission.CARDS_CLOSE: _("Close cards for good"),
        Permission.CARDS_REVEAL: _("Look at the code of a card"),
        Permission.CARDS_LOAD: _("Put value on cards"),
        Permission.CARDS_TRANSFER: _("Move value between cards"),
        Permission.CARDS_REPLACE: _("Replace lost cards"),
        Permission.CARDS_ADJUST: _("Correct what is on a card"),
        Permission.CARDS_EXPIRE: _("End cards early and bring expired ones back"),
        Permission.CARDS_IMPORT: _("Bring in cards of another system, from a file"),
        Permission.CARDS_EXPORT: _("Take codes of cards out, in a file"),
        Permission.ORDERS_VIEW: _("See orders"),
        Permission.ORDERS_REFUND: _("Refund cards of orders"),
        Permission.PRODUCTS_VIEW: _("See products"),
        Permission.PRODUCTS_EDIT: _("Change products and publish them"),
        Permission.PROGRAMS_EDIT: _("Change the rules of programs"),
        Permission.BRAND_EDIT: _("Change brand and designs"),
        Permission.LOCATIONS_EDIT: _("Add, rename and close places"),
        Permission.TEAM_VIEW: _("See the team"),
        Permission.KEYS_VIEW: _("See the keys of machines"),
        Permission.KEYS_EDIT: _("Make and revoke keys, no stronger than the role itself"),
        Permission.ACCESS_VIEW: _("See how people get in"),
        Permission.AUDIT_VIEW: _("See and take along who did what"),
        Permission.TILL_REDEEM: _("Redeem at the till"),
        Permission.TILL_REFUND: _("Give back at the till what was redeemed"),
        Permission.TILL_REFUND_UNLINKED: _("Give back at the till without a redemption"),
    }
