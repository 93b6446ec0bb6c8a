"""What can be done to a batch: decide, stop, take back; and give its codes to one person, once."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from giftwell.domain.bulk.cancel_batch import cancel_batch
from giftwell.domain.bulk.confirm_batch import confirm_batch
from giftwell.domain.bulk.download_export import download_export
from giftwell.domain.bulk.grant_export import grant_export
from giftwell.domain.bulk.models import Batch, Kind, Stage
from giftwell.domain.bulk.queries import find_batch
from giftwell.domain.bulk.reverse_import import reverse_import
from giftwell.domain.bulk.withdraw_export import withdraw_export
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console import batch_words as words
from giftwell.interfaces.console.batch_forms import ExportForm
from giftwell.interfaces.console.batches import batch_page, people_of
from giftwell.interfaces.console.errors import id_or_404
from giftwell.interfaces.console.shown import show
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError, Forbidden
from giftwell.kit.ids import parse_id


class ImportsAreNotYours(Forbidden):
    """This role issues cards and brings none along."""

    code = "imports_are_not_yours"
    detail = "Your role does not bring cards along from other systems. Ask the owner of the shop."


class _Decision(Strict):
    """Whether bad rows are left out; the value of the button that was pressed."""

    carried = frozenset({"skip_bad"})


@merchant_page(Permission.CARDS_ISSUE)
@require_POST
def confirm(request: PageRequest, slug: str, batch_id: str) -> HttpResponse:
    """Let the cards of a checked file be made."""
    _Decision(request.POST).is_valid()
    batch = _found(request, batch_id)
    try:
        confirm_batch(
            merchant_id=request.merchant.id,
            batch_id=batch.id,
            skip_bad=request.POST.get("skip_bad") == "yes",
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.detail)
    return redirect("console:batch", slug, batch_id)


@merchant_page(Permission.CARDS_ISSUE)
def stop(request: PageRequest, slug: str, batch_id: str) -> HttpResponse:
    """Ask, saying what will be, and put the batch aside, stop it or take it back."""
    batch = _found(request, batch_id)
    button, sentence = words.asked_to_stop(batch)
    if request.method == "POST":
        Strict(request.POST).is_valid()
        end = reverse_import if batch.stage == Stage.COMPLETE else cancel_batch
        try:
            end(merchant_id=request.merchant.id, batch_id=batch.id, actor=request.actor, now=now())
        except DomainError as error:
            messages.error(request, error.detail)
        return redirect("console:batch", slug, batch_id)
    if not button:
        messages.warning(request, _("There is nothing here that could be stopped."))
        return redirect("console:batch", slug, batch_id)
    context = {"batch": batch, "title": words.title_of(batch), "button": button, "sentence": sentence}
    return show(request, "console/batches/stop.html", "cards", **context)


@merchant_page(Permission.CARDS_EXPORT)
@require_POST
def grant(request: PageRequest, slug: str, batch_id: str) -> HttpResponse:
    """Let one person download the codes; the passphrase is shown in this answer and never again."""
    batch = _found(request, batch_id)
    form = ExportForm(request.POST, people=people_of(request))
    if not form.is_valid():
        messages.error(request, _("Choose who may download the codes."))
        return redirect("console:batch", slug, batch_id)
    try:
        granted = grant_export(
            merchant_id=request.merchant.id,
            batch_id=batch.id,
            person_id=parse_id("usr", form.cleaned_data["person"]),
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.detail)
        return redirect("console:batch", slug, batch_id)
    response = batch_page(request, batch.id, passphrase=granted.passphrase)
    response["Cache-Control"] = "no-store"
    return response


@merchant_page(Permission.CARDS_EXPORT)
@require_POST
def withdraw(request: PageRequest, slug: str, batch_id: str) -> HttpResponse:
    """Take a grant back that nobody has used."""
    Strict(request.POST).is_valid()
    batch = _found(request, batch_id)
    try:
        withdraw_export(merchant_id=request.merchant.id, batch_id=batch.id, actor=request.actor, now=now())
    except DomainError as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, _("Nobody may download these codes now."))
    return redirect("console:batch", slug, batch_id)


@merchant_page(Permission.CARDS_REVEAL)
@require_POST
def download(request: PageRequest, slug: str, batch_id: str) -> HttpResponseBase:
    """The codes as an encrypted archive, for the person they were given to."""
    Strict(request.POST).is_valid()
    batch = _found(request, batch_id)
    try:
        archive = download_export(
            merchant_id=request.merchant.id,
            batch_id=batch.id,
            person_id=request.user.pk,
            actor=request.actor,
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.detail)
        return redirect("console:batch", slug, batch_id)
    response = StreamingHttpResponse(archive.content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{archive.file_name}"'
    response["Cache-Control"] = "no-store"
    return response


def _found(request: PageRequest, batch_id: str) -> Batch:
    """The batch. Raises `BatchNotFound`, and `ImportsAreNotYours`."""
    with reading():
        batch = find_batch(request.merchant.id, id_or_404(Batch.PREFIX, batch_id))
    if batch.kind == Kind.IMPORT and Permission.CARDS_IMPORT not in request.permissions:
        raise ImportsAreNotYours
    return batch
