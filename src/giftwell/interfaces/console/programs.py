"""Programs: the rules of families of cards, within the law of the merchant's country and our terms."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from giftwell.domain.catalog import terms
from giftwell.domain.catalog.create_program import create_program
from giftwell.domain.catalog.edit_program import edit_program
from giftwell.domain.catalog.find_program import find_program
from giftwell.domain.catalog.models import Program
from giftwell.domain.catalog.queries import programs_of
from giftwell.domain.catalog.validity import ValidityRule, least_days, rule_for
from giftwell.domain.ledger.balance import receivables_of
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console.amounts import written
from giftwell.interfaces.console.errors import id_or_404, tell
from giftwell.interfaces.console.program_forms import FIELD_OF, NewProgramForm, ProgramForm, initial_of
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError
from giftwell.kit.money import Money


@dataclass(frozen=True, slots=True)
class Row:
    """A program as the list and its page show it; a cap that is None is none."""

    program: Program
    lowest: Money
    highest: Money
    commission_percent: str
    commission_fixed: Money
    buyer_fee: Money
    caps: list[tuple[str, Money]]


@merchant_page(Permission.PRODUCTS_VIEW)
def programs(request: PageRequest, slug: str) -> HttpResponse:
    """The merchant's programs, and what it owes the platform for cards that it sold itself."""
    with reading():
        rows = [_row(one) for one in programs_of(request.merchant.id)[:200]]
        owed = receivables_of(request.merchant.id)
    return show(request, "console/programs/list.html", "programs", rows=rows, owed=owed)


@merchant_page(Permission.PROGRAMS_EDIT)
def new(request: PageRequest, slug: str) -> HttpResponse:
    """Make a program in the merchant's own currency."""
    merchant = request.merchant
    lowest, highest = terms.bounds(merchant.currency)
    form = NewProgramForm(
        request.POST if request.method == "POST" else None,
        currency=merchant.currency,
        initial={
            "validity_days": terms.VALIDITY_DAYS,
            "min_value": written(lowest, merchant.currency),
            "max_value": written(highest, merchant.currency),
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = create_program(
                merchant=merchant,
                currency=merchant.currency,
                funding=form.cleaned_data["funding"],
                actor=request.actor,
                now=now(),
                **form.rules(),
            )
        except DomainError as error:
            tell(form, error, FIELD_OF)
        else:
            messages.success(request, _("“%(name)s” is made.") % {"name": made.name})
            return redirect("console:program", slug, made.public_id)
    return _form_page(request, form)


@merchant_page(Permission.PRODUCTS_VIEW)
def program(request: PageRequest, slug: str, program_id: str) -> HttpResponse:
    """Look at a program, and change the rules that are the merchant's."""
    with reading():
        found = find_program(request.merchant.id, id_or_404(Program.PREFIX, program_id))
    if request.method == "POST" and Permission.PROGRAMS_EDIT in request.permissions:
        form = ProgramForm(request.POST, currency=found.currency)
        if form.is_valid() and _saved(request, found, form):
            messages.success(request, _("Saved. Cards that exist keep their value and their last day."))
            return redirect("console:program", slug, program_id)
    else:
        form = ProgramForm(currency=found.currency, initial=initial_of(found))
    return _form_page(request, form, found)


def _saved(request: PageRequest, found: Program, form: ProgramForm) -> bool:
    try:
        edit_program(
            merchant=request.merchant,
            program_id=found.id,
            expected_version=form.cleaned_data["version"],
            actor=request.actor,
            now=now(),
            **form.rules(),
        )
    except DomainError as error:
        tell(form, error, FIELD_OF)
        return False
    return True


def _form_page(request: PageRequest, form: ProgramForm, found: Program | None = None) -> HttpResponse:
    rule = rule_for(request.merchant.country, now().date())
    context: dict[str, Any] = {
        "form": form, "program": found, "row": _row(found) if found else None,
        "rule": rule, "floor": _floor(rule) if found is None or found.is_sold else "",
        "percent": _percent(terms.COMMISSION_BPS),
    }  # fmt: skip
    return show(request, "console/programs/detail.html", "programs", **context)


def _floor(rule: ValidityRule | None) -> str:
    """What the law wants of a card that somebody pays for, in words; empty where no rule is known."""
    if rule is None:
        return ""
    least = least_days(rule)
    if least is None:
        return _("Where your shop is, a card that somebody paid for may never expire.")
    words = {"days": f"{least:,}"}
    if rule.to_year_end:
        return _("Where your shop is, it has to last %(days)s days, and to the end of that year.") % words
    return _("Where your shop is, a card that somebody paid for has to last %(days)s days.") % words


def _row(program: Program) -> Row:
    def money(minor: int) -> Money:
        return Money(minor, program.currency)

    caps = [
        (_("Most on one card"), program.max_balance_minor),
        (_("Most spent from one card in a day"), program.max_spend_per_day_minor),
        (_("Most issued in a day"), program.max_issue_per_day_minor),
    ]
    return Row(
        program=program,
        lowest=money(program.min_value_minor),
        highest=money(program.max_value_minor),
        commission_percent=_percent(program.commission_bps),
        commission_fixed=money(program.commission_fixed_minor),
        buyer_fee=money(program.buyer_fee_minor),
        caps=[(word, money(cap)) for word, cap in caps if cap is not None],
    )


def _percent(bps: int) -> str:
    return f"{bps / 100:.2f}".rstrip("0").rstrip(".") + " %"
