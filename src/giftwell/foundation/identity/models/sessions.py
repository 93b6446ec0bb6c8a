"""Where people are signed in: their devices, and the sessions on them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from giftwell.foundation.identity.models.people import User
from giftwell.kit.ids import new_id, public_id


class Device(models.Model):
    """A browser somebody has signed in with, known again by a random cookie that is kept as a keyed hash.

    `network` is the neighbourhood of its last address and no address: enough to wonder, too little to find
    somebody by.
    """

    PREFIX: ClassVar[str] = "dev"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    token_hash = models.BinaryField(max_length=32)
    browser = models.CharField(max_length=80)
    network = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        """Two people may share a browser; each of them has a row for it."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "token_hash"], name="identity_device_once"),
        ]

    def __str__(self) -> str:
        """What it is, and not whose."""
        return self.browser

    @property
    def public_id(self) -> str:
        """`dev_…`, as shown outside."""
        return public_id(self.PREFIX, self.id)


class Session(AbstractBaseSession):
    """A session with its person beside it, so that all of somebody's can be found and ended.

    `session_key` is a hash of the key in the cookie: whoever reads this table can sign in as nobody.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
