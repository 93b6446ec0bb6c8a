"""Whose messages they are. Those without a merchant are the platform's own."""

from typing import ClassVar

from django.db import migrations

from giftwell.foundation.tenancy.policies import protect


class Migration(migrations.Migration):
    """Policies of the messages and of the sandbox's outbox."""

    dependencies: ClassVar = [("messaging", "0001_initial")]

    operations: ClassVar = [protect("messaging_message"), protect("messaging_outboxmail")]
