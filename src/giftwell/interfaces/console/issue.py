"""Give cards away: one form, and then the cards. Codes are looked at card by card, and that is audited."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from giftwell.domain.cards.issue_cards import issue_cards
from giftwell.domain.catalog.models import Design, Funding, Program
from giftwell.domain.catalog.queries import designs_of, programs_of
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console.amounts import AmountField
from giftwell.interfaces.console.errors import tell
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError

MOST = 100
_FIELD_OF = {"value_minor": "value"}


class IssueForm(Strict):
    """What to give away. `key` makes a form that is sent twice issue once."""

    key = forms.RegexField(r"issue-[A-Za-z0-9_-]{32}", widget=forms.HiddenInput)
    program = forms.ChoiceField()
    value = forms.CharField()
    count = forms.IntegerField(min_value=1, max_value=MOST, initial=1)
    design = forms.ChoiceField(required=False)

    def __init__(
        self, *args: Any, merchant: Merchant, programs: list[Program], designs: list[Design], **more: Any
    ):
        super().__init__(*args, **more)
        self.programs = {one.public_id: one for one in programs}
        self.designs = {one.public_id: one for one in designs}
        self.fields["program"] = forms.ChoiceField(
            label=_("Program"), choices=[(key, one.name) for key, one in self.programs.items()]
        )
        self.fields["value"] = AmountField(currency=merchant.currency, label=_("Value of each card"))
        self.fields["count"].label = _("How many?")
        self.fields["count"].help_text = _("1 to 100 at once.")
        self.fields["design"] = forms.ChoiceField(
            label=_("Design"), required=False, choices=[(key, one.name) for key, one in self.designs.items()]
        )


@merchant_page(Permission.CARDS_ISSUE)
def issue(request: PageRequest, slug: str) -> HttpResponse:
    """Issue cards of a program that needs no payment."""
    merchant = request.merchant
    with reading():
        given = programs_of(merchant.id).exclude(funding=Funding.ESCROW).filter(currency=merchant.currency)
        programs, designs = list(given), list(designs_of(merchant))
    parts: dict[str, Any] = {"merchant": merchant, "programs": programs, "designs": designs}
    if request.method == "POST":
        form = IssueForm(request.POST, **parts)
        if form.is_valid() and (batch := _issued(request, form)):
            return redirect(batch)
    else:
        form = IssueForm(initial={"key": f"issue-{new_token()}", "count": 1}, **parts)
    return show(request, "console/cards/issue.html", "cards", form=form, designs=designs, programs=programs)


def _issued(request: PageRequest, form: IssueForm) -> str:
    """Issue, and answer with the address of the cards; empty where it was refused."""
    wanted = form.cleaned_data
    try:
        batch = issue_cards(
            program=form.programs[wanted["program"]],
            value_minor=wanted["value"],
            count=wanted["count"],
            design=form.designs.get(wanted["design"]),
            key=wanted["key"],
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        tell(form, error, _FIELD_OF)
        return ""
    issued = len(batch.cards)
    messages.success(request, ngettext("%(n)s card issued.", "%(n)s cards issued.", issued) % {"n": issued})
    first = batch.cards[0]
    if issued == 1:
        return reverse("console:card", args=[request.merchant.slug, first.public_id])
    return reverse("console:cards", args=[request.merchant.slug]) + f"?batch={first.public_id}"
