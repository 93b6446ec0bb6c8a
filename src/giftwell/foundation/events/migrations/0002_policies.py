"""Whose rows they are.

What concerns no merchant (sign-ups, refused sign-ins) anyone may add and only the platform read.
"""

from typing import ClassVar

from django.db import migrations

from giftwell.foundation.tenancy.policies import protect


class Migration(migrations.Migration):
    """Policies of events_event."""

    dependencies: ClassVar = [("events", "0001_initial")]

    operations: ClassVar = [
        protect("events_event"),
        migrations.RunSQL(
            "create policy nobodys on events_event for insert with check (merchant_id is null)",
            "drop policy nobodys on events_event",
        ),
    ]
