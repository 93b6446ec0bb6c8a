"""Who may read payments: their merchant. The sandbox processor's tables have no tenant: they stand for
another company.
"""

from typing import ClassVar

from django.db import migrations

from giftwell.foundation.tenancy.policies import protect


class Migration(migrations.Migration):
    """Policies of the payments' tables."""

    dependencies: ClassVar = [("payments", "0001_initial")]

    operations: ClassVar = [
        protect("payments_payment"),
        protect("payments_gatewayevent"),
        protect("payments_paymentrefund"),
    ]
