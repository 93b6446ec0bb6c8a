"""Tokens of people: what a program on somebody's phone shows instead of a session's cookie."""

from __future__ import annotations

from django.db import models

from giftwell.foundation.identity.models.people import User
from giftwell.foundation.identity.models.sessions import Device
from giftwell.kit.ids import new_id


class TokenFamily(models.Model):
    """One sign-in by REST and everything that was refreshed from it; ending it is deleting it.

    All tokens are kept as keyed hashes. `handle_hash` is of the part that every refresh token of the family
    shares, `refresh_hash` of the one that works now: who shows the handle with anything else shows a token
    that was used before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    device = models.OneToOneField(Device, on_delete=models.CASCADE, related_name="+")
    has_second_factor = models.BooleanField()
    handle_hash = models.BinaryField(max_length=32, unique=True)
    refresh_hash = models.BinaryField(max_length=32)
    access_hash = models.BinaryField(max_length=32, unique=True)
    access_until = models.DateTimeField()
    began_at = models.DateTimeField(db_index=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        """Nothing that opens anything."""
        return str(self.id)
