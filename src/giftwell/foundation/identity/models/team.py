"""Who works for a merchant, in which role and where, and what the merchant asks of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from giftwell.foundation.identity.models.people import User
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.kit.ids import new_id


class Membership(models.Model):
    """A person's one role at one merchant; locations narrow it (none means all)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        """One role each: two would have to be merged by a rule nobody remembers."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "merchant"], name="identity_membership_once"),
            models.CheckConstraint(condition=~models.Q(role=""), name="identity_membership_has_a_role"),
        ]

    def __str__(self) -> str:
        """Role at merchant, by ids."""
        return f"{self.role} at {self.merchant_id}"


class MembershipLocation(models.Model):
    """One place where a member works. Absent rows mean every place of the merchant."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="places")
    location = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="+")

    class Meta:
        """A place is named once per member."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["membership", "location"], name="identity_place_once"),
        ]

    def __str__(self) -> str:
        """Membership at location, by ids."""
        return f"{self.membership_id} at {self.location_id}"


class AccessRules(models.Model):
    """What a merchant asks of its people beyond what the platform does; no row means nothing more."""

    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, primary_key=True, related_name="+")
    password_policy = models.CharField(max_length=20)
    second_factor_for_all = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        """A policy that nobody knows would be read as none."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(password_policy__in=["nist", "composition"]),
                name="identity_accessrules_policy_is_known",
            ),
        ]

    def __str__(self) -> str:
        """Rules of merchant, by id."""
        return f"access rules of {self.merchant_id}"
