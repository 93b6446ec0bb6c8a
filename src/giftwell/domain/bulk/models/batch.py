"""The batch, and what is wrong with its file."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from giftwell.domain.catalog.models import Design, Program
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id


class Kind(models.TextChoices):
    """Where the cards come from."""

    ISSUE = "issue"
    IMPORT = "import"


class Stage(models.TextChoices):
    """How far a batch is. `checking` and `checked` belong to files; a count needs neither."""

    CHECKING = "checking"
    UNREADABLE = "unreadable"
    CHECKED = "checked"
    RUNNING = "running"
    COMPLETE = "complete"
    UNDOING = "undoing"
    CANCELLED = "cancelled"
    REVERSED = "reversed"


ENDED = (Stage.UNREADABLE, Stage.COMPLETE, Stage.CANCELLED, Stage.REVERSED)
"""Nothing more happens by itself."""

AT_WORK = (Stage.CHECKING, Stage.RUNNING, Stage.UNDOING)
"""A job goes on with it."""


class Batch(models.Model):
    """One issue or import of many cards, which carry its id as their `batch_id`.

    `last_row` is the row of the file (or the card of the count) up to which cards were made, moved in the
    transaction that makes them: whoever goes on after a crash begins there. `undone_after` is the same for
    taking them back. The commission's rates are those of the day it began.
    """

    PREFIX = "batch"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=6, choices=Kind)
    stage = models.CharField(max_length=10, choices=Stage)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="+")
    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="+", null=True)
    currency = models.CharField(max_length=3)
    # Of a count, what each card holds; of a file, null.
    value_minor = models.BigIntegerField(null=True)
    file_name = models.CharField(max_length=120, default="", blank=True)
    # Who is checking the file: an older checker that wakes up again sees that it is not its turn any more.
    check_id = models.UUIDField(null=True)
    # Why it was stopped: cancelled, code_taken or reversed.
    stopped_for = models.CharField(max_length=12, default="", blank=True)
    # Why the file could not be read, or the batch not be finished; in words.
    reason = models.CharField(max_length=300, default="", blank=True)
    rows_total = models.IntegerField(default=0)
    rows_bad = models.IntegerField(default=0)
    # Imported codes that are short enough to be guessed by somebody patient.
    rows_weak = models.IntegerField(default=0)
    cards_wanted = models.IntegerField(default=0)
    wanted_minor = models.BigIntegerField(default=0)
    skips_bad = models.BooleanField(default=False)
    last_row = models.IntegerField(default=0)
    cards_done = models.IntegerField(default=0)
    done_minor = models.BigIntegerField(default=0)
    undone_after = models.UUIDField(null=True)
    cards_undone = models.IntegerField(default=0)
    undone_minor = models.BigIntegerField(default=0)
    cards_left = models.IntegerField(default=0)
    commission_bps = models.IntegerField(default=0)
    commission_fixed_minor = models.BigIntegerField(default=0)
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="bulk_batch_kind", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="bulk_batch_stage", condition=Q(stage__in=Stage.values)),
            # A count says what each card holds, and has no file; a file says it in its rows.
            models.CheckConstraint(
                name="bulk_batch_source",
                condition=Q(value_minor__isnull=False, file_name="") | Q(value_minor__isnull=True),
            ),
            # Never more than was wanted, whoever worked on it how often.
            models.CheckConstraint(
                name="bulk_batch_done",
                condition=Q(
                    cards_done__gte=0,
                    cards_done__lte=F("cards_wanted"),
                    done_minor__lte=F("wanted_minor"),
                    cards_undone__lte=F("cards_done"),
                    undone_minor__lte=F("done_minor"),
                ),
            ),
            models.CheckConstraint(
                name="bulk_batch_complete",
                condition=~Q(stage="complete")
                | Q(cards_done=F("cards_wanted"), done_minor=F("wanted_minor")),
            ),
            models.CheckConstraint(
                name="bulk_batch_ended",
                condition=Q(stage__in=ENDED, ended_at__isnull=False)
                | (~Q(stage__in=ENDED) & Q(ended_at__isnull=True)),
            ),
        ]
        indexes: ClassVar = [
            models.Index("merchant", F("created_at").desc(), F("id").desc(), name="bulk_batch_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.cards_wanted} cards, {self.stage}"

    @property
    def public_id(self) -> str:
        """The id shown outside, `batch_…`."""
        return public_id(self.PREFIX, self.id)

    @property
    def is_of_a_file(self) -> bool:
        """Whether its cards stand in a file; else they are all alike."""
        return self.value_minor is None

    @property
    def is_at_work(self) -> bool:
        """Whether a job goes on with it."""
        return self.stage in AT_WORK

    @property
    def has_ended(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.stage in ENDED


class Problem(models.Model):
    """One thing that is wrong with one row of a batch's file. The first thousand are kept."""

    id = models.BigAutoField(primary_key=True)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="problems", db_index=False)
    row = models.IntegerField()
    field = models.CharField(max_length=40)
    # What is wrong and what to do; never a code, and of other fields at most a few characters.
    says = models.CharField(max_length=300)

    class Meta:
        indexes: ClassVar = [models.Index(fields=("batch", "row", "id"), name="bulk_problem_row")]

    def __str__(self) -> str:
        return f"row {self.row}, {self.field}: {self.says}"
