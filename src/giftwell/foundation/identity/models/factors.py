"""What stands beside a password, as far as allauth does not keep it: backup codes, and resets by two admins.

Authenticator apps and passkeys are rows of allauth's `Authenticator`; an app's secret in it is encrypted
under the person's id, with the id of the key.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from giftwell.foundation.identity.models.people import User
from giftwell.kit.ids import new_id, public_id


class BackupCode(models.Model):
    """One of the ten codes for the day the phone is lost, as a keyed hash; it works once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    code_hash = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Whose; the code is not known here."""
        return f"backup code of {self.user_id}"


class SecondFactorReset(models.Model):
    """Taking the second factor off a person who lost it: one admin asks and says why, another one does it."""

    PREFIX: ClassVar[str] = "sfr"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One open at a time, and never by one person alone, whatever the code above forgets."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(done_at__isnull=True),
                name="identity_secondfactorreset_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(done_by__isnull=True) | ~models.Q(done_by=models.F("asked_by")),
                name="identity_secondfactorreset_by_two",
            ),
            models.CheckConstraint(
                condition=~models.Q(asked_by=models.F("user")) & ~models.Q(done_by=models.F("user")),
                name="identity_secondfactorreset_not_ones_own",
            ),
        ]

    def __str__(self) -> str:
        """Whose, by id."""
        return f"second factor reset of {self.user_id}"

    @property
    def public_id(self) -> str:
        """`sfr_…`, as shown outside."""
        return public_id(self.PREFIX, self.id)
