"""A receivable is an asset: guarded, it could never be debited."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_sealing"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="account",
            name="ledger_account_guarded",
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("balance_minor__isnull", False),
                        ("guarded", True),
                        ("held_minor__isnull", False),
                        ("kind__in", ["card", "in_transit", "payable", "reserve"]),
                    ),
                    models.Q(
                        ("balance_minor__isnull", True),
                        ("guarded", False),
                        ("held_minor__isnull", True),
                        models.Q(("kind__in", ["card", "in_transit", "payable", "reserve"]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="ledger_account_guarded",
            ),
        ),
    ]
