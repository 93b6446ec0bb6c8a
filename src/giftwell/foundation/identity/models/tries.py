"""How often somebody has tried to get in. Written by `take_try.sql` alone, in one statement a try."""

from __future__ import annotations

from django.db import models


class Tries(models.Model):
    """The tries at one door since it was last opened: an account, or an account from one known device.

    `key` is a keyed hash of the address that was typed, so that known and unknown addresses look alike here
    too. `open_at` is when the next try will be judged.
    """

    key = models.BinaryField(primary_key=True, max_length=32)
    failures = models.PositiveIntegerField()
    last_at = models.DateTimeField()
    open_at = models.DateTimeField()

    def __str__(self) -> str:
        """How many, and of nobody in particular."""
        return f"{self.failures} tries"


class TriesMinute(models.Model):
    """All tries of one minute that have not led in; what is usual is read from those of a day."""

    minute = models.DateTimeField(primary_key=True)
    failures = models.IntegerField()

    def __str__(self) -> str:
        """How many in which minute."""
        return f"{self.failures} at {self.minute:%H:%M}"
