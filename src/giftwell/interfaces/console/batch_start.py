"""Begin a batch: so many cards that are alike, a file of cards, or the cards of another system."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from giftwell.domain.bulk import columns
from giftwell.domain.bulk.create_issue import create_issue
from giftwell.domain.bulk.models import Kind
from giftwell.domain.bulk.upload_batch import upload_batch
from giftwell.domain.catalog.models import Funding
from giftwell.domain.catalog.queries import designs_of, programs_of
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console.batch_forms import CountForm, FileForm
from giftwell.interfaces.console.errors import tell
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import DomainError

_FIELD_OF = {"value_minor": "value"}


@merchant_page(Permission.CARDS_ISSUE)
def count(request: PageRequest, slug: str) -> HttpResponse:
    """Issue many cards that are all alike."""
    parts = _parts(request)
    if request.method == "POST":
        form = CountForm(request.POST, **parts)
        if form.is_valid() and (batch := _counted(request, form)):
            return redirect(batch)
    else:
        form = CountForm(initial={"key": f"batch-{new_token()}"}, **parts)
    return _show(request, "count", form)


@merchant_page(Permission.CARDS_ISSUE)
def upload(request: PageRequest, slug: str) -> HttpResponse:
    """Send a file of cards that shall be issued."""
    return _file(request, "upload", Kind.ISSUE)


@merchant_page(Permission.CARDS_IMPORT)
def bring(request: PageRequest, slug: str) -> HttpResponse:
    """Send a file of cards that another system made."""
    return _file(request, "import", Kind.IMPORT)


def _file(request: PageRequest, way: str, kind: Kind) -> HttpResponse:
    parts = _parts(request)
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES, **parts)
        if form.is_valid() and (batch := _uploaded(request, form, kind)):
            return redirect(batch)
    else:
        form = FileForm(**parts)
    wanted = columns.IMPORT if kind == Kind.IMPORT else columns.ISSUE
    return _show(request, way, form, columns=wanted, kind=kind.value)


def _counted(request: PageRequest, form: CountForm) -> str:
    """The address of the batch that was begun; empty where it was refused."""
    program, design = form.chosen()
    wanted = form.cleaned_data
    try:
        made = create_issue(
            program=program,
            value_minor=wanted["value"],
            count=wanted["count"],
            design=design,
            key=wanted["key"],
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        tell(form, error, _FIELD_OF)
        return ""
    return reverse("console:batch", args=[request.merchant.slug, made.batch.public_id])


def _uploaded(request: PageRequest, form: FileForm, kind: Kind) -> str:
    """The address of the batch that waits to be checked; empty where it was refused."""
    program, design = form.chosen()
    sent = form.cleaned_data["file"]
    try:
        batch = upload_batch(
            kind=kind,
            program=program,
            design=design,
            file_name=sent.name,
            content=sent.chunks(),
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        tell(form, error)
        return ""
    return reverse("console:batch", args=[request.merchant.slug, batch.public_id])


def _parts(request: PageRequest) -> dict[str, Any]:
    merchant = request.merchant
    with reading():
        given = programs_of(merchant.id).exclude(funding=Funding.ESCROW).filter(currency=merchant.currency)
        return {"merchant": merchant, "programs": list(given), "designs": list(designs_of(merchant))}


def _show(request: PageRequest, way: str, form: CountForm | FileForm, **more: Any) -> HttpResponse:
    return show(
        request, "console/batches/new.html", "cards", way=way, form=form, programs=form.programs,
        designs=form.designs, **more,
    )  # fmt: skip
