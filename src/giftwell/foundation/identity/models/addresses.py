"""A change of somebody's address that is under way."""

from __future__ import annotations

from django.db import models

from giftwell.foundation.identity.models.people import User


class AddressChange(models.Model):
    """The address somebody asked for, waiting for a link to be followed at both ends; one a person.

    The links' tokens are kept as keyed hashes only.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    new_email = models.EmailField(max_length=254)
    old_end_hash = models.BinaryField(max_length=32, unique=True)
    new_end_hash = models.BinaryField(max_length=32, unique=True)
    old_end_at = models.DateTimeField(null=True, blank=True)
    new_end_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        """Whose; never which address."""
        return f"change of address of {self.user_id}"
