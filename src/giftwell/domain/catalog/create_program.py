"""Make a program: write its rules and open the ledger accounts that its postings will use."""

from dataclasses import asdict
from datetime import datetime
from typing import Unpack

from giftwell.domain.catalog import terms
from giftwell.domain.catalog.events import ProgramCreated
from giftwell.domain.catalog.models import Funding, Program
from giftwell.domain.catalog.rules import Caps, ProgramRules, check_program
from giftwell.domain.catalog.validity import rule_for
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.foundation.events.record import record
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import PLATFORM, scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.errors import Refused


class ProgramNameIsTaken(Refused):
    """The merchant has a program of this name; two would be mistaken for one another."""

    code = "program_name_is_taken"
    detail = "There is a program of this name already."


def create_program(
    *,
    merchant: Merchant,
    name: str,
    currency: str,
    funding: str,
    min_value_minor: int,
    max_value_minor: int,
    actor: Actor,
    now: datetime,
    commission_bps: int | None = None,
    commission_fixed_minor: int = 0,
    buyer_fee_minor: int = 0,
    validity_days: int | None = terms.VALIDITY_DAYS,
    **caps: Unpack[Caps],
) -> Program:
    """Create a program of `merchant`. Amounts are minor units, the commission is basis points.

    Commission and buyer fee are the platform's terms: an interface that merchants use never passes them on.
    Without a commission it is the usual one of the funding.
    Raises `ProgramIsInvalid`, `ProgramNameIsTaken`, `MerchantIsSuspended`.
    """
    rules = ProgramRules(
        name=name.strip(),
        currency=currency,
        funding=funding,
        commission_bps=terms.commission_bps(funding) if commission_bps is None else commission_bps,
        commission_fixed_minor=commission_fixed_minor,
        buyer_fee_minor=buyer_fee_minor,
        validity_days=validity_days,
        min_value_minor=min_value_minor,
        max_value_minor=max_value_minor,
        **caps,
    )
    check_program(rules, rule_for(merchant.country, now.date()))
    if not merchant.is_active:
        raise MerchantIsSuspended
    with scope.merchant(merchant.id), transaction():
        pending, commission, issued = _open_accounts(merchant, currency)
        program, is_new = Program.objects.get_or_create(
            merchant=merchant,
            name=rules.name,
            defaults={
                **asdict(rules),
                "pending_account_id": pending,
                "commission_account_id": commission,
                "issued_account_id": None if funding == Funding.ESCROW else issued,
                "created_at": now,
            },
        )
        if not is_new:
            raise ProgramNameIsTaken(errors={"name": ProgramNameIsTaken.detail})
        event = ProgramCreated(
            merchant_id=merchant.id, subject=program.public_id, currency=currency, funding=funding
        )
        record(event, actor=actor, at=now, changes=asdict(rules))
    return program


def _open_accounts(merchant: Merchant, currency: str) -> list[int]:
    """Accounts are shared by all programs of a merchant in a currency: opening finds it again."""
    return open_accounts(
        [
            AccountSpec(merchant_id=merchant.id, kind="pending", currency=currency),
            AccountSpec(merchant_id=PLATFORM, kind="commission", currency=currency),
            AccountSpec(merchant_id=merchant.id, kind="issued", currency=currency),
        ]
    )
