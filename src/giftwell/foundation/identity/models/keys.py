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

    class Meta:
        """A key without scopes could do nothing and would only puzzle its owner."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(scopes=[]), name="identity_apikey_has_scopes"),
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
