"""Who may read them: their merchant. The marks of reminders belong to no merchant."""

from typing import ClassVar

from django.db import migrations

from giftwell.foundation.tenancy.policies import protect


class Migration(migrations.Migration):
    """Policies of the tables of a card's later life."""

    dependencies: ClassVar = [("cards", "0005_life")]

    operations: ClassVar = [
        protect("cards_expiry"),
        protect("cards_adjustment"),
        protect("cards_issueday"),
    ]
