"""Holds are looked for while they live: by account, and by when they end. The indexes hold no others."""

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes of live holds in place of those of all holds there ever were."""

    atomic = False
    dependencies: ClassVar = [("ledger", "0005_partial_captures")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("state", "live")),
                fields=["account_id", "expires_at"],
                name="ledger_hold_live_of",
            ),
        ),
        AddIndexConcurrently(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("state", "live")), fields=["expires_at"], name="ledger_hold_live_until"
            ),
        ),
        RemoveIndexConcurrently(model_name="hold", name="ledger_hold_account"),
        RemoveIndexConcurrently(model_name="hold", name="ledger_hold_expiry"),
    ]
