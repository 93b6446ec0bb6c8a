"""Who may read the catalogue: its merchant; anyone, of an active merchant, what is published.

A program is public as far as a published product needs it. A person sees every brand and design, because a
card in a wallet keeps its face when the shop takes the product away.
"""

from typing import ClassVar

from django.db import migrations

from giftwell.foundation.tenancy.policies import PERSON, protect

ACTIVE = "exists (select 1 from tenancy_merchant m where m.id = {0}.merchant_id and m.status = 'active')"
ON_SALE = "exists (select 1 from catalog_product p where p.{0} = {1}.{2} and p.status = 'published')"
SIGNED_IN = f"{PERSON} is not null"


class Migration(migrations.Migration):
    """Policies of the catalogue's tables."""

    dependencies: ClassVar = [("catalog", "0002_rules")]

    operations: ClassVar = [
        protect("catalog_brand", person_sql=SIGNED_IN, public_sql=ACTIVE.format("catalog_brand")),
        protect("catalog_design", person_sql=SIGNED_IN, public_sql=ACTIVE.format("catalog_design")),
        protect(
            "catalog_product",
            public_sql=f"status = 'published' and {ACTIVE.format('catalog_product')}",
        ),
        protect(
            "catalog_productvalue", public_sql=ON_SALE.format("id", "catalog_productvalue", "product_id")
        ),
        protect("catalog_program", public_sql=ON_SALE.format("program_id", "catalog_program", "id")),
    ]
