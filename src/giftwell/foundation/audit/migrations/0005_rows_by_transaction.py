"""A range index finds a stretch of transactions, at next to no cost for whoever adds a row."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    """The index audit_row_xid."""

    atomic = False
    dependencies: ClassVar = [("audit", "0004_sealing")]

    operations: ClassVar = [
        AddIndexConcurrently(
            "auditrow",
            BrinIndex(autosummarize=True, fields=["xid"], name="audit_row_xid", pages_per_range=16),
        ),
    ]
