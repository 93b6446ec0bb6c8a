"""The passwords that people had before."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from giftwell.foundation.identity.models.people import User
from giftwell.kit.ids import new_id


class PastPassword(models.Model):
    """A password that is not in use any more, as its hash; kept so that it is not chosen again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    encoded = models.CharField(max_length=128)
    replaced_at = models.DateTimeField()

    class Meta:
        """Asked for the newest few of a person."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-replaced_at"], name="identity_pastpassword_newest"),
        ]

    def __str__(self) -> str:
        """Never the hash."""
        return f"past password of {self.user_id}"
