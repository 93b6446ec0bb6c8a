"""What value moves into and out of."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from giftwell.domain.ledger.chart import GUARDED, PLATFORM_KINDS, PROCESSOR, AccountKind
from giftwell.foundation.tenancy import PLATFORM

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
