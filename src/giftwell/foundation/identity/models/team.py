"""Who works for a merchant, in which role and where, and what the merchant asks of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from giftwell.foundation.identity.models.people import User
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.kit.ids import new_id, public_id

CUSTOM = "custom"


class Role(models.Model):
    """A role that a merchant put together itself: a name, and names of permissions that are opaque here."""

    PREFIX: ClassVar[str] = "role"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    permissions: ArrayField[Any, Any] = ArrayField(models.CharField(max_length=40))
    created_at = models.DateTimeField()

    class Meta:
        """Two roles of one name could not be told apart in a list; one without permissions does nothing."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["merchant", "name"], name="identity_role_name_once"),
            models.CheckConstraint(condition=~models.Q(permissions=[]), name="identity_role_has_permissions"),
        ]

    def __str__(self) -> str:
        """What the merchant calls it."""
        return self.name

    @property
    def public_id(self) -> str:
        """`role_…`, as shown outside."""
        return public_id(self.PREFIX, self.id)


class Membership(models.Model):
    """A person's one role at one merchant; locations narrow it (none means all)."""

    PREFIX: ClassVar[str] = "mem"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40)
    custom_role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """One role each: two would have to be merged by a rule nobody remembers."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "merchant"], name="identity_membership_once"),
            models.CheckConstraint(condition=~models.Q(role=""), name="identity_membership_has_a_role"),
            models.CheckConstraint(
                condition=models.Q(role=CUSTOM, custom_role__isnull=False)
                | (~models.Q(role=CUSTOM) & models.Q(custom_role__isnull=True)),
                name="identity_membership_custom_names_its_role",
            ),
        ]

    def __str__(self) -> str:
        """Role at merchant, by ids."""
        return f"{self.role} at {self.merchant_id}"

    @property
    def public_id(self) -> str:
        """`mem_…`, as shown outside."""
        return public_id(self.PREFIX, self.id)


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
    # Networks the console opens from, as text such as 203.0.113.0/24; none means from everywhere.
    networks: ArrayField[Any, Any] = ArrayField(models.CharField(max_length=50), default=list, blank=True)
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
