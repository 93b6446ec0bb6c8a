"""A merchant sees itself; people and the public see active merchants, which is no secret."""

from django.db import migrations

from giftwell.foundation.tenancy.policies import protect


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]
    operations = [
        protect(
            "tenancy_merchant",
            merchant="id",
            person_sql="(select current_setting('app.scope', true)) = 'person'",
            public_sql="status = 'active'",
        ),
        protect("tenancy_location", public_sql="is_active"),
    ]
