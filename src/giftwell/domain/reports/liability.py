"""What the merchant's cards still hold: the sum of the card accounts themselves, so that it equals them.

Held value is part of it: an authorization promises value to a till, but it is the holder's until it is
captured. The sums come from one statement, and so from one instant; the figures below are cut out of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from giftwell.kit.money import Money

AGES = ("under_30_days", "under_90_days", "under_a_year", "older")
"""How long ago a card was activated, youngest first."""

# From the accounts to the cards and not the other way: most cards of an old merchant
# are spent, and their accounts are left behind first.
_SUMS = """
select card.currency, program.funding,
       case when card.activated_at > %(month)s then 0 when card.activated_at > %(quarter)s then 1
            when card.activated_at > %(year)s then 2 else 3 end as age,
       sum(account.balance_minor)::bigint, sum(account.held_minor)::bigint, count(*)
from ledger_account account
join cards_card card on card.account_id = account.id and card.merchant_id = account.merchant_id
join catalog_program program on program.id = card.program_id
where account.merchant_id = %(merchant)s and account.kind = 'card' and account.balance_minor > 0
group by 1, 2, 3
order by 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Slice:
    """What is owed on the cards of one currency, funding and age; `cards` counts those with a balance."""

    funding: str
    age: str
    outstanding: Money
    held: Money
    cards: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed to holders, and on how many cards. `label` says what these cards have in common."""

    label: str
    outstanding: Money
    held: Money
    cards: int


def liability(merchant_id: UUID, now: datetime) -> list[Slice]:
    """What is owed to holders of the merchant's cards, by currency, funding and age, without empty slices."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SUMS,
            {
                "merchant": merchant_id,
                "month": now - timedelta(days=30),
                "quarter": now - timedelta(days=90),
                "year": now - timedelta(days=365),
            },
        )
        rows = cursor.fetchall()
    return [
        Slice(funding, AGES[age], Money(balance, currency), Money(held, currency), cards)
        for currency, funding, age, balance, held, cards in rows
    ]


def owed_in(slices: Iterable[Slice], currency: str) -> Owed:
    """All that is owed in one currency."""
    return _sum(currency, [one for one in slices if one.outstanding.currency == currency], currency)


def owed_by_age(slices: Iterable[Slice], currency: str) -> list[Owed]:
    """What is owed in one currency by the age of the card, youngest first, every age present."""
    mine = [one for one in slices if one.outstanding.currency == currency]
    return [_sum(age, [one for one in mine if one.age == age], currency) for age in AGES]


def owed_by_funding(slices: Iterable[Slice], currency: str) -> list[Owed]:
    """What is owed in one currency by funding: `escrow` is covered by money that the platform keeps."""
    mine = [one for one in slices if one.outstanding.currency == currency]
    fundings = sorted({one.funding for one in mine})
    return [_sum(funding, [one for one in mine if one.funding == funding], currency) for funding in fundings]


def _sum(label: str, slices: list[Slice], currency: str) -> Owed:
    return Owed(
        label,
        Money(sum(one.outstanding.amount_minor for one in slices), currency),
        Money(sum(one.held.amount_minor for one in slices), currency),
        sum(one.cards for one in slices),
    )
