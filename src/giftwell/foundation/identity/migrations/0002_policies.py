"""Memberships and keys belong to a merchant; a person also reads their own memberships. Users stand outside."""

from django.db import migrations

from giftwell.foundation.tenancy.policies import PERSON, protect


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [
        protect("identity_membership", person_sql=f"user_id = {PERSON}"),
        protect("identity_membershiplocation"),
        protect("identity_apikey"),
    ]
