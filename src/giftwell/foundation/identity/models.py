"""Tables of people, memberships and API keys.

`User` and `PlatformRole` stand outside the policies (a person exists before any merchant is known);
`Membership` and `ApiKey` belong to a merchant and are protected. E-mail addresses are stored in lower case,
and the database refuses anything else, so that a look-up is one equality.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.kit.clock import now
from giftwell.kit.ids import new_id, public_id


class Users(BaseUserManager["User"]):
    """Look-ups Django asks of a user model; creating a person is the verb `create_person`."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The person with this e-mail address, in any case."""
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person. Has no rights by itself: memberships and platform roles give them."""

    PREFIX: ClassVar[str] = "usr"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)

    objects = Users()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """An address in capitals would be a second account of the same person."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="identity_user_email_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        """Name for pages; never the address, which would end in logs."""
        return self.name or self.public_id

    @property
    def public_id(self) -> str:
        """`usr_…`, as shown outside."""
        return public_id(self.PREFIX, self.id)


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


class PlatformRole(models.Model):
    """A person's role on the platform; only a command on the server gives it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="platform_roles")
    role = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        """A role is given once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "role"], name="identity_platform_role_once"),
        ]

    def __str__(self) -> str:
        """Role of user, by id."""
        return f"{self.role} of {self.user_id}"


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
