"""What has to be true for a batch to begin, whether its cards are counted or stand in a file."""

from datetime import datetime

from giftwell.domain.bulk.events import BatchBegun
from giftwell.domain.bulk.models import Batch, Kind
from giftwell.domain.cards.caps import take_from_day
from giftwell.domain.cards.issue_cards import ProgramNeedsPayment
from giftwell.domain.cards.seal_batch import seal_batch
from giftwell.domain.catalog.models import Funding, Program
from giftwell.foundation.events.record import record
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.actor import Actor


def refuse_paid(program: Program) -> None:
    """Raise `ProgramNeedsPayment`: value that nobody paid for never becomes payable."""
    if program.needs_payment:
        raise ProgramNeedsPayment


def begin(batch: Batch, *, actor: Actor, now: datetime) -> None:
    """Count the whole of it into the day's cap, shut its codes, fix the commission's rates, and tell.

    In the transaction that makes it run. Raises `ProgramNeedsPayment`, `MerchantIsSuspended`,
    `ExceedsIssueLimit`.
    """
    program = batch.program
    refuse_paid(program)
    merchant = Merchant.objects.get(id=batch.merchant_id)
    if not merchant.is_active:
        raise MerchantIsSuspended
    take_from_day(program, merchant, batch.wanted_minor, now)
    if batch.kind == Kind.ISSUE and program.funding == Funding.DIRECT:
        batch.commission_bps = program.commission_bps
        batch.commission_fixed_minor = program.commission_fixed_minor
    batch.begun_at = now
    seal_batch(merchant_id=batch.merchant_id, batch_id=batch.id, now=now)
    event = BatchBegun(
        merchant_id=batch.merchant_id,
        subject=batch.public_id,
        kind=batch.kind,
        program=program.public_id,
        cards=batch.cards_wanted,
        amount_minor=batch.wanted_minor,
        currency=batch.currency,
    )
    record(event, actor=actor, at=now)
