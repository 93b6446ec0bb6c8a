"""People, and what they are on the platform. They stand outside the policies: a person is there before any
merchant is known.

E-mail addresses are stored in lower case, and the database refuses anything else, so that a look-up is one
equality.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

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
    # Until when a role may be used without a second factor; empty means the platform's grace period.
    second_factor_due_at = models.DateTimeField(null=True, blank=True)

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
    def is_kept(self) -> bool:
        """Whether this person is in the database, and not only about to sign up."""
        return not self._state.adding

    @property
    def public_id(self) -> str:
        """`usr_…`, as shown outside."""
        return public_id(self.PREFIX, self.id)


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
