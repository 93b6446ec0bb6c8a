"""Give a new merchant what every shop starts with: a brand, two programs, four designs and no product."""

from dataclasses import asdict
from datetime import datetime

from giftwell.domain.catalog import terms
from giftwell.domain.catalog.create_design import create_design
from giftwell.domain.catalog.create_program import create_program
from giftwell.domain.catalog.models import Brand, Funding, Program
from giftwell.domain.catalog.set_brand import set_brand
from giftwell.domain.catalog.validity import least_days, rule_for
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor


def set_up_shop(*, merchant: Merchant, actor: Actor, now: datetime) -> Program:
    """Set a merchant up and give back its escrow program, in its currency. Repeated, it changes nothing.

    The promotional program takes no commission and gives cards away; the escrow program is the one that is
    sold from.
    """
    with scope.merchant(merchant.id), transaction():
        if Brand.objects.filter(merchant=merchant).exists():
            return Program.objects.filter(merchant=merchant, funding=Funding.ESCROW).earliest(
                "created_at", "id"
            )
        set_brand(merchant=merchant, colours=asdict(terms.HOUSE), tagline="", actor=actor, now=now)
        for position, (name, pattern, colours) in enumerate(terms.DESIGNS, start=10):
            create_design(
                merchant=merchant,
                name=name,
                pattern=pattern,
                colours=asdict(colours),
                position=position,
                actor=actor,
                now=now,
            )
        return _create_programs(merchant, actor=actor, now=now)


def _create_programs(merchant: Merchant, *, actor: Actor, now: datetime) -> Program:
    lowest, highest = terms.bounds(merchant.currency)
    law = rule_for(merchant.country, now.date())
    may_end = law is None or least_days(law) is not None
    escrow = create_program(
        merchant=merchant,
        name=terms.ESCROW_PROGRAM,
        currency=merchant.currency,
        funding=Funding.ESCROW,
        validity_days=terms.VALIDITY_DAYS if may_end else None,
        min_value_minor=lowest,
        max_value_minor=highest,
        actor=actor,
        now=now,
    )
    create_program(
        merchant=merchant,
        name=terms.PROMO_PROGRAM,
        currency=merchant.currency,
        funding=Funding.PROMO,
        commission_bps=0,
        min_value_minor=1,
        max_value_minor=highest,
        actor=actor,
        now=now,
    )
    return escrow
