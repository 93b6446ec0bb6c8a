"""The keys of machines, each of one merchant."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id


class ApiKey(models.Model):
    """A machine's credential of one merchant. The secret is shown once and kept only as a keyed hash."""

    PREFIX: ClassVar[str] = "key"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    last4 = models.CharField(max_length=4)
    scopes: ArrayField[Any, Any] = ArrayField(models.CharField(max_length=40))
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    # Networks it works from, as text such as 203.0.113.0/24; none means from everywhere.
    networks: ArrayField[Any, Any] = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    requests_a_minute = models.PositiveIntegerField(null=True, blank=True)
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        """A key without scopes could do nothing and would only puzzle its owner."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(scopes=[]), name="identity_apikey_has_scopes"),
            models.CheckConstraint(
                condition=models.Q(requests_a_minute__isnull=True) | models.Q(requests_a_minute__gte=1),
                name="identity_apikey_limit_lets_something_through",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["merchant", "-created_at"], name="identity_apikey_newest"),
        ]

    def __str__(self) -> str:
        """Public id; the secret is not known here."""
        return self.public_id

    @property
    def public_id(self) -> str:
        """`key_…`, as shown outside."""
        return public_id(self.PREFIX, self.id)


class KeyMinute(models.Model):
    """How often a key with a limit was used in this minute. Unlogged: a crash costs a minute's count."""

    key_id = models.UUIDField(primary_key=True)
    minute = models.DateTimeField()
    requests = models.PositiveIntegerField()

    def __str__(self) -> str:
        """Which key, by id."""
        return f"minute of {self.key_id}"
