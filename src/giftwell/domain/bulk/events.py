"""What can happen to a batch. Ids, counts and amounts only. The subject is the batch.

The cards themselves are told of by `cards.events.LoadIssued` and `LoadTakenBack`, load by load.
"""

from dataclasses import dataclass
from typing import ClassVar

from giftwell.foundation.events.event import DomainEvent


@dataclass(frozen=True, kw_only=True)
class BatchUploaded(DomainEvent):
    """A file is there and waits to be checked."""

    TYPE: ClassVar[str] = "batch.uploaded"

    kind: str
    program: str


@dataclass(frozen=True, kw_only=True)
class BatchChecked(DomainEvent):
    """Every row of the file was judged; a person decides what follows. Of an unreadable file none was."""

    TYPE: ClassVar[str] = "batch.checked"

    is_readable: bool
    rows: int
    bad_rows: int


@dataclass(frozen=True, kw_only=True)
class BatchBegun(DomainEvent):
    """Somebody decided that these cards shall be made."""

    TYPE: ClassVar[str] = "batch.begun"

    kind: str
    program: str
    cards: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class BatchCompleted(DomainEvent):
    """All of its cards are there; from now on their codes can be seen and exported."""

    TYPE: ClassVar[str] = "batch.completed"

    cards: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class BatchStopped(DomainEvent):
    """It shall not be: what was made of it is taken back. `reason`: cancelled, code_taken or reversed."""

    TYPE: ClassVar[str] = "batch.stopped"

    reason: str


@dataclass(frozen=True, kw_only=True)
class BatchUndone(DomainEvent):
    """What could be taken back was; `left` cards had been touched and stay."""

    TYPE: ClassVar[str] = "batch.undone"

    taken: int
    left: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class ExportGranted(DomainEvent):
    """One person may carry the batch's codes away, once."""

    TYPE: ClassVar[str] = "batch.export_granted"

    export: str
    person: str


@dataclass(frozen=True, kw_only=True)
class ExportWithdrawn(DomainEvent):
    """The grant was taken back before anything was downloaded."""

    TYPE: ClassVar[str] = "batch.export_withdrawn"

    export: str


@dataclass(frozen=True, kw_only=True)
class ExportBegun(DomainEvent):
    """That person began to download the codes; `attempt` counts from one."""

    TYPE: ClassVar[str] = "batch.export_begun"

    export: str
    attempt: int


@dataclass(frozen=True, kw_only=True)
class ExportDownloaded(DomainEvent):
    """The codes left, whole: nobody can download them again."""

    TYPE: ClassVar[str] = "batch.export_downloaded"

    export: str
    cards: int
