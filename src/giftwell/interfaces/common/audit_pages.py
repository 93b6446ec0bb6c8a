"""The audit as people read it, in the backoffice and at a shop's desk: filters, lines, files to take away."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.audit.note import note_seen
from giftwell.foundation.audit.queries import Wanted, audit_rows
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.actors import actor_names
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.pages import PageRequest
from giftwell.kit.clock import now
from giftwell.kit.csv_cells import safe_cells
from giftwell.kit.ids import UnknownId, parse_id

MOST_EXPORTED = 50_000
_SHOWN = 50
_COLUMNS = ("id", "at", "action", "outcome", "reason", "subject", "actor", "changes", "request_id")


class AuditFilter(Strict):
    """What to look for. Days are whole days of UTC, the last one included."""

    carried = frozenset({"cursor"})
    action = forms.CharField(required=False, max_length=60)
    actor = forms.CharField(required=False, max_length=80)
    subject = forms.CharField(required=False, max_length=60)
    outcome = forms.ChoiceField(required=False)
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        outcomes = [
            ("", _("Everything")),
            ("done", _("Done")),
            ("refused", _("Refused")),
            ("failed", _("Failed")),
        ]
        self.fields["outcome"] = forms.ChoiceField(required=False, label=_("Outcome"), choices=outcomes)
        words = {
            "action": (_("Action"), _("Such as card.redeemed, or card. for everything about cards.")),
            "actor": (_("By whom"), _("Such as person:usr_… or api_key:key_….")),
            "subject": (_("About what"), _("An id, such as card_….")),
            "since": (_("From"), ""),
            "until": (_("To"), ""),
        }
        for name, (label, hint) in words.items():
            self.fields[name].label, self.fields[name].help_text = label, hint

    def wanted(self) -> Wanted:
        """The filter; call it once the form is valid."""
        found = self.cleaned_data
        return Wanted(
            action=found["action"], actor=found["actor"], subject=found["subject"], outcome=found["outcome"],
            since=_begin(found["since"]) if found["since"] else None,
            until=_begin(found["until"]) + timedelta(days=1) if found["until"] else None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One row with the name of whoever did it, and each change in words."""

    row: AuditRow
    by: str
    changes: Sequence[str]


def audit_context(request: PageRequest, merchant_id: UUID | None) -> dict[str, Any]:
    """What a page of the audit shows: the filter, the lines, and the way to older ones and to the files."""
    form = AuditFilter(request.GET)
    rows: list[AuditRow] = []
    older = ""
    kept = {name: value for name, value in request.GET.items() if name != "cursor" and value}
    cursor = request.GET.get("cursor", "")
    if form.is_valid():
        with reading():
            found = audit_rows(form.wanted(), merchant_id=merchant_id)
            after = _cursor(cursor)
            if after is not None:
                found = found.filter(id__lt=after)
            rows = list(found[: _SHOWN + 1])
        if len(rows) > _SHOWN:
            rows = rows[:_SHOWN]
            older = "?" + urlencode({**kept, "cursor": rows[-1].public_id})
    actor = request.GET.get("actor", "")
    names = actor_names([*(one.actor for one in rows), *([actor] if actor else [])])
    return {
        "form": form, "lines": [Line(one, names[one.actor], told(one.changes)) for one in rows],
        "older": older, "newest": ("?" + urlencode(kept)) if cursor else "", "filtered": bool(kept),
        "query": urlencode(kept), "whose": names.get(actor, ""), "most": MOST_EXPORTED,
    }  # fmt: skip


def audit_file(request: PageRequest, merchant_id: UUID | None, kind: str) -> HttpResponse:
    """The newest rows of a filter as a file, `csv` or `json`; that they were taken is a row of its own.

    A filter that cannot be read gives 400 with what is wrong, by field.
    """
    form = AuditFilter(request.GET)
    if not form.is_valid():
        return HttpResponse(json.dumps({"errors": form.errors}), status=400, content_type="application/json")
    with reading():
        rows = list(audit_rows(form.wanted(), merchant_id=merchant_id)[:MOST_EXPORTED])
    what = {name: str(value) for name, value in form.cleaned_data.items() if value}
    note_seen(
        "audit.exported", actor=request.actor, subject="", merchant_id=merchant_id, at=now(),
        what={"rows": len(rows), "kind": kind, **what},
    )  # fmt: skip
    response = _as_csv(rows) if kind == "csv" else _as_json(rows)
    response["Content-Disposition"] = f'attachment; filename="giftwell-audit.{kind}"'
    return response


def told(changes: Any) -> list[str]:
    """Each change in a line: before and after where both are known."""
    if not isinstance(changes, dict):
        return []
    lines = []
    for name, value in changes.items():
        if isinstance(value, list) and len(value) == 2:
            lines.append(f"{name}: {_word(value[0])} → {_word(value[1])}")
        else:
            lines.append(f"{name}: {_word(value)}")
    return lines


def _word(value: Any) -> str:
    return "\u2013" if value in (None, "") else value if isinstance(value, str) else json.dumps(value)


def _fields(row: AuditRow) -> list[Any]:
    return [
        row.public_id, row.at.isoformat(), row.action, row.outcome, row.reason, row.subject, row.actor,
        row.changes, row.request_id,
    ]  # fmt: skip


def _as_csv(rows: Iterable[AuditRow]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerow(_COLUMNS)
    for row in rows:
        cells = [json.dumps(one) if isinstance(one, dict) else one for one in _fields(row)]
        writer.writerow(safe_cells(cells))
    return response


def _as_json(rows: Iterable[AuditRow]) -> HttpResponse:
    told_rows = [dict(zip(_COLUMNS, _fields(row), strict=True)) for row in rows]
    return HttpResponse(json.dumps({"rows": told_rows}), content_type="application/json")


def _begin(day: Any) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)


def _cursor(text: str) -> UUID | None:
    try:
        return parse_id(AuditRow.PREFIX, text) if text else None
    except UnknownId:
        return None
