"""Batches: the list, one batch with its report and progress, and the files that go with them."""

import csv
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from giftwell.domain.bulk import columns
from giftwell.domain.bulk.models import Batch, Export, Kind, Stage
from giftwell.domain.bulk.queries import batches_of, export_of, find_batch
from giftwell.domain.bulk.row_rules import SHORT_CODE
from giftwell.domain.cards.events import LoadIssued, LoadTakenBack
from giftwell.domain.cards.models import Card
from giftwell.foundation.events.models import Event
from giftwell.foundation.identity.models import Membership
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission, allows
from giftwell.interfaces.common.actors import actor_names
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console import batch_words as words
from giftwell.interfaces.console.batch_forms import ExportForm
from giftwell.interfaces.console.errors import id_or_404
from giftwell.interfaces.console.paged import shown_page
from giftwell.interfaces.console.shown import show
from giftwell.kit.actor import Actor
from giftwell.kit.csv_cells import safe_cells
from giftwell.kit.money import Money

MOST_SHOWN = 50
_PER_LOAD = (LoadIssued.TYPE, LoadTakenBack.TYPE)


@require_safe
@merchant_page(Permission.CARDS_VIEW)
def batches(request: PageRequest, slug: str) -> HttpResponse:
    """The merchant's batches, newest first."""
    with reading():
        page = shown_page(request, batches_of(request.merchant.id), at="created_at")
    names = actor_names(one.created_by for one in page.rows)
    shown = [
        {
            "batch": one, "title": words.title_of(one), "state": words.state_of(one),
            "by": names[one.created_by], "cards": words.cards(one.cards_wanted),
            "worth": Money(one.wanted_minor, one.currency),
        }
        for one in page.rows
    ]  # fmt: skip
    return show(request, "console/batches/list.html", "cards", rows=shown, page=page)


@require_safe
@merchant_page(Permission.CARDS_VIEW)
def batch(request: PageRequest, slug: str, batch_id: str) -> HttpResponse:
    """One batch: what is wrong with its file, how far it is, and what can be done."""
    return batch_page(request, id_or_404(Batch.PREFIX, batch_id))


@require_safe
@merchant_page(Permission.CARDS_VIEW)
def live(request: PageRequest, slug: str, batch_id: str) -> HttpResponse:
    """The part of that page that changes while a job is at work."""
    return batch_page(request, id_or_404(Batch.PREFIX, batch_id), template="console/batches/_batch.html")


@require_safe
@merchant_page(Permission.CARDS_VIEW)
def problems_csv(request: PageRequest, slug: str, batch_id: str) -> HttpResponse:
    """The report of the bad rows, a line each. Nothing in it was typed by anyone but the names of columns."""
    with reading():
        found = find_batch(request.merchant.id, id_or_404(Batch.PREFIX, batch_id))
        problems = list(found.problems.order_by("row", "id"))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.public_id}-rows.csv"'
    writer = csv.writer(response)
    writer.writerow(["row", "column", "what is wrong"])
    writer.writerows(safe_cells([one.row, one.field, one.says]) for one in problems)
    return response


@require_safe
@merchant_page(Permission.CARDS_VIEW)
def template_csv(request: PageRequest, slug: str, kind: str) -> HttpResponse:
    """A file with the names of the columns and one sample row, to fill in."""
    if kind not in Kind.values:
        raise Http404
    wanted = columns.IMPORT if kind == Kind.IMPORT else columns.ISSUE
    response = HttpResponse(columns.template(wanted), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="giftwell-{kind}.csv"'
    return response


def batch_page(
    request: PageRequest,
    batch_id: UUID,
    *,
    template: str = "console/batches/detail.html",
    passphrase: str = "",
) -> HttpResponse:
    """The page of one batch; `passphrase` is shown once, to whoever allowed the export.

    Raises `BatchNotFound`.
    """
    merchant_id = request.merchant.id
    with reading():
        found = find_batch(merchant_id, batch_id)
        problems = list(found.problems.order_by("row", "id")[:MOST_SHOWN])
        told = Event.objects.filter(merchant_id=merchant_id, subject=found.public_id)
        events = list(told.exclude(type__in=_PER_LOAD).order_by("-at", "-id"))
        export = export_of(found)
        first = Card.objects.filter(merchant_id=merchant_id, batch_id=batch_id).order_by("id").first()
    context = {
        **_said(found), "batch": found, "problems": problems, "first_card": first,
        "lines": words.told_of(events, actor_names(event.actor for event in events)),
        "may_stop": _may_stop(request, found),
        **_export(request, found, export), "passphrase": passphrase,
    }  # fmt: skip
    return show(request, template, "cards", **context)


def _said(batch: Batch) -> dict[str, Any]:
    is_undoing = batch.stage == Stage.UNDOING
    done = batch.cards_undone + batch.cards_left if is_undoing else batch.cards_done
    whole = batch.cards_done if is_undoing else batch.cards_wanted
    good = batch.rows_total - batch.rows_bad
    return {
        "title": words.title_of(batch), "state": words.state_of(batch),
        "mark": f"{batch.stage}.{batch.rows_total}.{batch.cards_done}.{done}",
        "done": done, "whole": whole, "done_words": words.number(done), "whole_words": words.cards(whole),
        "rows_read": words.rows(batch.rows_total), "rows_number": words.number(batch.rows_total),
        "bad_words": words.rows(batch.rows_bad),
        "cards_words": words.cards(batch.cards_wanted), "good_words": words.rows(good),
        "left_words": words.cards(batch.cards_left) if batch.cards_left else "",
        "undone_words": words.cards(batch.cards_undone),
        "weak_words": words.cards(batch.rows_weak) if batch.rows_weak else "", "short_code": SHORT_CODE,
        "worth": Money(batch.wanted_minor, batch.currency),
        "is_import": batch.kind == Kind.IMPORT, "most_shown": MOST_SHOWN,
    }  # fmt: skip


def _may_stop(request: PageRequest, batch: Batch) -> str:
    """The word of the button that stops the batch; empty where this role or its stage allows none."""
    needed = Permission.CARDS_IMPORT if batch.kind == Kind.IMPORT else Permission.CARDS_ISSUE
    return words.asked_to_stop(batch)[0] if needed in request.permissions else ""


def _export(request: PageRequest, batch: Batch, export: Export | None) -> dict[str, Any]:
    if batch.stage != Stage.COMPLETE:
        return {}
    may_grant = Permission.CARDS_EXPORT in request.permissions
    if export is None:
        return {"export_form": ExportForm(people=people_of(request)) if may_grant else None}
    person = str(Actor.person(export.person_id))
    names = actor_names([person, export.granted_by])
    return {
        "export": export,
        "export_for": names[person],
        "granted_by": names[export.granted_by],
        "is_mine": export.person_id == request.user.pk and export.downloaded_at is None,
        "may_withdraw": may_grant and not export.attempts,
    }


def people_of(request: PageRequest) -> list[tuple[str, str]]:
    """Whom the codes can be given to: people of this shop who may see codes, by their public ids."""
    with reading():
        members = Membership.objects.select_related("user", "custom_role").filter(merchant=request.merchant)
        people = [one.user for one in members if _may_see_codes(one)]
    return sorted(
        ((one.public_id, f"{one.name} ({one.email})" if one.name else one.email) for one in people),
        key=lambda choice: choice[1].casefold(),
    )


def _may_see_codes(member: Membership) -> bool:
    if member.custom_role is not None:
        return Permission.CARDS_REVEAL in member.custom_role.permissions
    return allows(member.role, Permission.CARDS_REVEAL)
