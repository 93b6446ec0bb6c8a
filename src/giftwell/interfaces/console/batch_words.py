"""What pages say of batches: stages, what happened, and what will happen when somebody says so."""

from collections.abc import Mapping, Sequence
from typing import Any

from babel.numbers import format_decimal
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from giftwell.domain.bulk.models import Batch, Kind, Stage
from giftwell.foundation.events.models import Event
from giftwell.interfaces.common.templatetags.words import money_text, reader_locale
from giftwell.interfaces.console.timeline import Told


def number(count: int) -> str:
    """A count as the reader writes it."""
    return str(format_decimal(count, locale=reader_locale()))


def cards(count: int) -> str:
    """So many cards, in words."""
    return ngettext("%(n)s card", "%(n)s cards", count) % {"n": number(count)}


def rows(count: int) -> str:
    """So many rows, in words."""
    return ngettext("%(n)s row", "%(n)s rows", count) % {"n": number(count)}


def state_of(batch: Batch) -> tuple[str, str]:
    """Tone and word of its stage."""
    words: dict[str, tuple[str, str]] = {
        Stage.CHECKING: ("calm", _("Being read")),
        Stage.UNREADABLE: ("bad", _("Could not be read")),
        Stage.CHECKED: ("warn", _("Waits for you")),
        Stage.RUNNING: ("calm", _("At work")),
        Stage.COMPLETE: ("good", _("Complete")),
        Stage.UNDOING: ("calm", _("Being taken back")),
        Stage.CANCELLED: ("closed", _("Stopped")),
        Stage.REVERSED: ("closed", _("Reversed")),
    }
    return words[batch.stage]


def title_of(batch: Batch) -> str:
    """What the batch is called: its file, or how many cards of what."""
    if batch.is_of_a_file:
        return batch.file_name
    given = {"cards": cards(batch.cards_wanted), "value": money_text(batch.value_minor, batch.currency)}
    return _("%(cards)s of %(value)s") % given


def told_of(events: Sequence[Event], names: Mapping[str, str]) -> list[Told]:
    """What happened to the batch; the loads that it was made in are left to the progress."""
    return [
        Told(*_words(event), names.get(event.actor, ""), event.at, None, None) for event in events
    ]  # fmt: skip


def _words(event: Event) -> tuple[str, str, str]:
    data: Mapping[str, Any] = event.data
    if event.type == "batch.stopped":
        return ("stop", "warn", _stopped(data["reason"]))
    if event.type == "batch.undone":
        return ("again", "", _undone(data))
    if event.type == "batch.checked" and not data["is_readable"]:
        return ("alert", "warn", _("The file could not be read"))
    words = {
        "batch.uploaded": ("receipt", "", _("File sent")),
        "batch.checked": ("check", "", _("Every row looked at")),
        "batch.begun": ("cards", "", _("Decided to make these cards")),
        "batch.completed": ("check", "good", _("All cards there")),
        "batch.export_granted": ("lock", "warn", _("Download of the codes allowed")),
        "batch.export_withdrawn": ("close", "", _("Download of the codes forbidden again")),
        "batch.export_begun": ("download", "warn", _("Download of the codes begun")),
        "batch.export_downloaded": ("download", "warn", _("Codes downloaded")),
    }
    return words[event.type]


def _stopped(reason: str) -> str:
    words = {
        "cancelled": _("Stopped"),
        "code_taken": _("Stopped: a code was taken meanwhile"),
        "reversed": _("Reversal begun"),
    }
    return words[reason]


def _undone(data: Mapping[str, Any]) -> str:
    given = {"taken": cards(data["taken"]), "left": cards(data["left"])}
    if data["left"]:
        return _("%(taken)s taken back; %(left)s in use stayed") % given
    return _("%(taken)s taken back") % given


def asked_to_stop(batch: Batch) -> tuple[str, str]:
    """The button and the sentence of the page that asks before a batch is stopped; empty where none can."""
    if batch.stage in {Stage.CHECKING, Stage.CHECKED}:
        return _("Put the file aside"), _("No card was made of it, and nothing of it is kept.")
    if batch.stage == Stage.RUNNING:
        return (
            _("Stop and take back"),
            _("%(cards)s made so far are closed and what they hold goes back. Nobody has seen their codes.")
            % {"cards": cards(batch.cards_done).capitalize()},
        )
    if batch.stage == Stage.COMPLETE and batch.kind == Kind.IMPORT:
        return (
            _("Reverse the import"),
            _(
                "Cards that nobody has used since are closed, and you owe what they hold no longer here."
                " Cards that were used stay as they are. The codes cannot be brought along a second time."
            ),
        )
    return "", ""
