"""Invitations to a merchant's team that wait for an answer, and what became of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from giftwell.foundation.identity.models.people import User
from giftwell.foundation.identity.models.team import CUSTOM, Role
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.ids import new_id, public_id


class Invitation(models.Model):
    """An offer of a role to whoever reads this address's mail. The token is kept as a keyed hash only."""

    PREFIX: ClassVar[str] = "inv"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=40)
    custom_role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    location_ids: ArrayField[Any, Any] = ArrayField(models.UUIDField(), default=list, blank=True)
    token_hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.CharField(max_length=80)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """An address has one open invitation of a merchant, and each ends in one way at most."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["merchant", "email"],
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="identity_invitation_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="identity_invitation_ends_once",
            ),
            models.CheckConstraint(
                condition=models.Q(role=CUSTOM, custom_role__isnull=False)
                | (~models.Q(role=CUSTOM) & models.Q(custom_role__isnull=True)),
                name="identity_invitation_custom_names_its_role",
            ),
        ]

    def __str__(self) -> str:
        """Public id; neither address nor token."""
        return self.public_id

    @property
    def public_id(self) -> str:
        """`inv_…`, as shown outside."""
        return public_id(self.PREFIX, self.id)
