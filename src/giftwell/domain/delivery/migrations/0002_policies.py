"""Who may read gifts: their merchant. Recipients come through the finder, by the token of their link."""

from typing import ClassVar

from django.db import migrations

from giftwell.foundation.tenancy.policies import protect


class Migration(migrations.Migration):
    """Policies of the gifts' table."""

    dependencies: ClassVar = [("delivery", "0001_initial")]

    operations: ClassVar = [protect("delivery_gift")]
