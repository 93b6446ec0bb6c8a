"""Every table that belongs to a merchant is under row-level security; the few outside it are on a list."""

import pytest
from django.db import connection

# Tables of people, sessions and machinery: they exist before any merchant is known.
OUTSIDE = {
    "account_emailaddress",
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    # Written by COPY, which a table with policies refuses; the runtime role cannot read them.
    "bulk_row",
    "cards_staging",
    # The marks of reminders know no merchant.
    "cards_remindermark",
    "django_content_type",
    "django_migrations",
    "events_cursor",
    "identity_addresschange",
    "identity_backupcode",
    "identity_device",
    # Counts by a key's id alone; nothing of its merchant.
    "identity_keyminute",
    "identity_pastpassword",
    "identity_platformrole",
    "identity_secondfactorreset",
    "identity_session",
    "identity_tries",
    "identity_triesminute",
    "identity_user",
    "installed_schema",
    "ledger_horizon",
    "mfa_authenticator",
    # Another company's tables, so to speak: the sandbox processor knows no merchant.
    "payments_sandboxcheckout",
    "payments_sandboxnotice",
    "payments_sandboxrefund",
}


@pytest.mark.django_db
def test_every_table_has_a_policy_or_is_on_the_list() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """select c.relname,
                      c.relrowsecurity and exists (select 1 from pg_policy p where p.polrelid = c.oid)
                 from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"""
        )
        tables = dict(cursor.fetchall())
    bare = {name for name, is_held in tables.items() if not is_held and not name.startswith("procrastinate_")}
    assert bare <= OUTSIDE, f"tables without a policy: {sorted(bare - OUTSIDE)}"
    assert set(tables) >= {"tenancy_merchant", "cards_card", "ledger_posting"}


@pytest.mark.django_db
def test_policies_are_enabled_and_never_forced() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relforcerowsecurity")
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_every_definer_function_fixes_its_search_path_and_is_shut_to_the_public() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """select p.oid::regprocedure::text from pg_proc p
                where p.prosecdef and p.pronamespace not in ('pg_catalog'::regnamespace)
                  and (not exists (select 1 from unnest(p.proconfig) c
                                    where c like 'search_path=%%' and c ~ 'pg_temp"?$')
                       or has_function_privilege('public', p.oid, 'execute'))"""
        )
        assert cursor.fetchall() == []
