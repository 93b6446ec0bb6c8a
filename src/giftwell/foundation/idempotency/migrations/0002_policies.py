"""Whose keys they are."""

from typing import ClassVar

from django.db import migrations

from giftwell.foundation.tenancy.policies import protect


class Migration(migrations.Migration):
    """Policies of idempotency_idempotencykey."""

    dependencies: ClassVar = [("idempotency", "0001_initial")]

    operations: ClassVar = [protect("idempotency_idempotencykey")]
