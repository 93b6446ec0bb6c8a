"""Who may read orders: their merchant, and the person who placed them while signed in."""

from typing import ClassVar

from django.db import migrations

from giftwell.foundation.tenancy.policies import PERSON, protect

_MINE = f"exists (select 1 from orders_order o where o.id = order_id and o.buyer_id = {PERSON})"  # noqa: S608 - a constant of ours


class Migration(migrations.Migration):
    """Policies of the orders' tables."""

    dependencies: ClassVar = [("orders", "0002_relations")]

    operations: ClassVar = [
        protect("orders_order", person_sql=f"buyer_id = {PERSON}"),
        protect("orders_orderline", person_sql=_MINE),
        protect("orders_orderrefund"),
    ]
