"""The ledger's tables, for reading. The runtime role has no insert, update or delete on them: only the
functions in `sql/` write here, so `save()` on one of these is refused by the database.

Merchants and accounts are plain ids, not foreign keys: each insert would lock the merchant's or the
account's row, and the hot ones are hot (0.70 to 0.88 times the speed, measured). `verify` proves what the
keys would.
"""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast

from giftwell.domain.ledger.chart import GUARDED, PLATFORM_KINDS, PROCESSOR, AccountKind
from giftwell.foundation.tenancy import PLATFORM
from giftwell.kit.ids import new_id, public_id

_GUARDED = sorted(kind.value for kind in GUARDED)
_PLATFORM_KINDS = sorted(kind.value for kind in PLATFORM_KINDS)
_KINDS = [kind.value for kind in AccountKind]


class Account(models.Model):
    """Something that value moves into and out of; its owner is a merchant, or the platform.

    A guarded account carries its balance and what of it is held; every other one is folded (`balance.py`).
    """

    id = models.BigAutoField(primary_key=True)
    merchant_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    # Opaque: a card's id, a gateway's name, or empty where an owner has one of a kind.
    subject = models.CharField(max_length=64, default="", blank=True)
    guarded = models.BooleanField()
    balance_minor = models.BigIntegerField(null=True)
    held_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("merchant_id", "kind", "currency", "subject"), name="ledger_account_once"
            ),
            models.CheckConstraint(
                name="ledger_account_currency", condition=Q(currency__regex=r"^[A-Z]{3}$")
            ),
            models.CheckConstraint(
                name="ledger_account_guarded",
                condition=Q(
                    guarded=True,
                    kind__in=_GUARDED,
                    balance_minor__isnull=False,
                    held_minor__isnull=False,
                )
                | (
                    Q(guarded=False, balance_minor__isnull=True, held_minor__isnull=True)
                    & ~Q(kind__in=_GUARDED)
                ),
            ),
            models.CheckConstraint(
                name="ledger_account_never_below_its_holds",
                condition=Q(held_minor__gte=0, balance_minor__gte=F("held_minor")),
            ),
            models.CheckConstraint(
                name="ledger_account_kind",
                condition=Q(kind__in=_KINDS) | Q(kind__regex=rf"^{PROCESSOR}:[a-z_]+$"),
            ),
            models.CheckConstraint(
                name="ledger_account_owner",
                condition=(
                    Q(merchant_id=PLATFORM)
                    & (Q(kind__in=_PLATFORM_KINDS) | Q(kind__startswith=f"{PROCESSOR}:"))
                )
                | (
                    ~Q(merchant_id=PLATFORM)
                    & ~Q(kind__in=_PLATFORM_KINDS)
                    & ~Q(kind__startswith=f"{PROCESSOR}:")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.currency} {self.subject}".rstrip()


class Posting(models.Model):
    """One business fact: its cause happens once within its merchant, for ever. Keeps the answer that was
    given.
    """

    PREFIX: ClassVar[str] = "post"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    cause = models.CharField(max_length=300)
    fingerprint = models.BinaryField()
    actor = models.CharField(max_length=80)
    posted_at = models.DateTimeField()
    # The hold that it captures or voids, the posting that it reverses.
    of_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField(null=True)
    balance_minor = models.BigIntegerField(null=True)
    available_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=("merchant_id", "cause"), name="ledger_posting_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cause}"

    @property
    def public_id(self) -> str:
        """The id as outsiders see it, `post_…`."""
        return public_id(self.PREFIX, self.id)


class Transfer(models.Model):
    """One amount from the debited to the credited account: balanced by construction."""

    pk = models.CompositePrimaryKey("posting_id", "leg")
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="transfers", db_index=False)
    leg = models.SmallIntegerField()
    merchant_id = models.UUIDField()
    debit_id = models.BigIntegerField()
    credit_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    # What the guarded side had after the posting.
    debit_balance_minor = models.BigIntegerField(null=True)
    credit_balance_minor = models.BigIntegerField(null=True)
    # The transaction that wrote the row: folding and sealing read behind the oldest one still open.
    xid = models.BigIntegerField(
        db_default=Cast(
            Cast(models.Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
        ),
        editable=False,
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="ledger_transfer_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(name="ledger_transfer_two_sides", condition=~Q(debit_id=F("credit_id"))),
        ]
        indexes: ClassVar = [
            BrinIndex(fields=["xid"], name="ledger_transfer_xid", pages_per_range=8, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.debit_id} → {self.credit_id}: {self.amount_minor}"


class Hold(models.Model):
    """Value set aside on an account until it is captured, voided, or over. Has the id of the posting that
    placed it. A live one may have been captured in part: it holds what is left.
    """

    class State(models.TextChoices):
        LIVE = "live"
        CAPTURED = "captured"
        VOIDED = "voided"
        LAPSED = "lapsed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant_id = models.UUIDField()
    account_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    captured_minor = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State)
    expires_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="ledger_hold_amount", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="ledger_hold_captured",
                condition=Q(state="captured", captured_minor__gt=0, captured_minor__lte=F("amount_minor"))
                | Q(
                    state__in=("live", "voided", "lapsed"),
                    captured_minor__gte=0,
                    captured_minor__lt=F("amount_minor"),
                ),
            ),
            models.CheckConstraint(
                name="ledger_hold_resolved",
                condition=Q(state="live", resolved_at__isnull=True)
                | (~Q(state="live") & Q(resolved_at__isnull=False)),
            ),
        ]
        # Of live holds alone: whoever looks for them never reads past all that were ever resolved.
        indexes: ClassVar = [
            models.Index(
                fields=["account_id", "expires_at"], name="ledger_hold_live_of", condition=Q(state="live")
            ),
            models.Index(fields=["expires_at"], name="ledger_hold_live_until", condition=Q(state="live")),
        ]

    def __str__(self) -> str:
        return f"{self.state} hold of {self.amount_minor} {self.currency}"

    def is_live(self, *, at: datetime) -> bool:
        """Whether it still stands at an instant: its expiry decides, not whether a job has been by."""
        return self.state == self.State.LIVE and self.expires_at > at


class Rollup(models.Model):
    """The folded balance (credits minus debits) of an unguarded account, up to the horizon."""

    account_id = models.BigIntegerField(primary_key=True)
    balance_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.account_id}: {self.balance_minor}"


class Horizon(models.Model):
    """Up to which transaction (not included) the rollup is folded. One row."""

    one = models.BooleanField(primary_key=True, default=True)
    xid = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="ledger_horizon_one_row", condition=Q(one=True))]

    def __str__(self) -> str:
        return str(self.xid)


class Block(models.Model):
    """Postings that are sealed together: a Merkle root over them, chained to the block before. Append-only.

    Holds hashes alone, so anybody may see it.
    """

    number = models.BigIntegerField(primary_key=True)
    # How many postings were sealed before this block.
    first_leaf = models.BigIntegerField()
    postings = models.IntegerField()
    # Where it ends in the order of sealing (transaction, posting); the next one begins behind it.
    last_xid = models.BigIntegerField()
    last_posting_id = models.UUIDField()
    root = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()
    # The hash of each posting, one after the other: which one was altered can be told, and paths be made.
    leaves = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="ledger_block_holds_something",
                condition=Q(number__gte=1, postings__gte=1, first_leaf__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"block {self.number}"


class BlockAccount(models.Model):
    """A block in which a guarded account moved. Kept off the hot path instead of an index on transfers."""

    pk = models.CompositePrimaryKey("account_id", "block")
    account_id = models.BigIntegerField()
    block = models.BigIntegerField()

    class Meta:
        db_table = "ledger_block_account"

    def __str__(self) -> str:
        return f"{self.account_id} in block {self.block}"


class Sealing(models.Model):
    """Up to which transaction (not included) postings are sealed. One row; no role but the ledger's sees it.

    `shift` is what a restore took off all transaction ids, `secret` what hides one holder from another.
    """

    one = models.BooleanField(primary_key=True, default=True)
    xid = models.BigIntegerField()
    shift = models.BigIntegerField()
    secret = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="ledger_sealing_one_row", condition=Q(one=True))]

    def __str__(self) -> str:
        return str(self.xid)


class Check(models.Model):
    """What a check of the books found: each law, and the chain. Append-only; kept for the backoffice."""

    id = models.BigAutoField(primary_key=True)
    checked_at = models.DateTimeField()
    took_ms = models.BigIntegerField()
    is_sound = models.BooleanField()
    # [{"law": 2, "says": "…", "took_ms": 12, "count": 0, "rows": []}, …]
    laws = models.JSONField()
    # [{"block": 7, "what": "was altered", "place": 3, "posting": "post_…", "transfers": […]}, …]
    chain = models.JSONField()
    blocks = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-checked_at"], name="ledger_check_newest")]

    def __str__(self) -> str:
        return f"{'sound' if self.is_sound else 'broken'} at {self.checked_at:%Y-%m-%d %H:%M}"
