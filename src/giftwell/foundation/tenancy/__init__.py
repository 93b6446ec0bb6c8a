"""Tenancy: whose data this is. Nouns: Merchant (the tenant), its sandbox twin, Location, scope. No verbs.

`scope` says on whose behalf the running code reads and writes; `transactions` opens the transactions that
carry it to the database, where row-level security holds every query to it; `policies` writes those rules in
migrations.
"""

from uuid import UUID

PLATFORM = UUID(int=0)
"""The owner id of what belongs to the platform itself, where a merchant's id would stand."""
