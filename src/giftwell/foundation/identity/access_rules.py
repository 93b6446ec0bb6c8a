"""What the merchants of a person ask of them, read before any merchant's scope can be entered."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from giftwell.foundation.tenancy.transactions import reading


@dataclass(frozen=True, slots=True)
class AccessRulesOf:
    """One merchant's rules for the people who work there."""

    merchant_id: UUID
    merchant_name: str
    password_policy: str
    second_factor_for_all: bool


def access_rules_of(user_id: UUID) -> list[AccessRulesOf]:
    """The rules of each merchant this person works for; a merchant that set none has the platform's."""
    with reading(), connection.cursor() as cursor:
        cursor.execute("select * from identity.find_access_rules(%s)", [user_id])
        return [AccessRulesOf(*row) for row in cursor.fetchall()]
