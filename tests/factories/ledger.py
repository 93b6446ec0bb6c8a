"""Ground for tests of money: a merchant with a program, and cards with value, made of rows and postings
alone.

No verb of a floor above the ledger is called, so that a test of money stands on nothing but the books.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from giftwell.domain.cards.models import Card
from giftwell.domain.catalog.models import Program
from giftwell.domain.ledger import chart
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.domain.ledger.balance import folded_balance
from giftwell.domain.ledger.chart import Legs
from giftwell.domain.ledger.post import Move, post_one
from giftwell.foundation.tenancy import PLATFORM, scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import reading, transaction

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ACTOR = "system:tests"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Ground:
    """A merchant's program and its accounts, by id; amounts are minor units of `currency`."""

    merchant_id: UUID
    program_id: UUID
    location_id: UUID
    currency: str
    funding: str
    pending: int
    commission: int
    issued: int
    unapplied: int
    processor: int

    def move(self, cause: str, legs: Legs, *, kind: str = "adjustment", **more: object) -> Move:
        """A move of this merchant's."""
        given = {"merchant_id": self.merchant_id, "currency": self.currency, "actor": ACTOR, **more}
        return Move(kind=kind, cause=cause, legs=legs, **given)  # type: ignore[arg-type]

    def folded(self, account: int, owner: UUID | None = None) -> int:
        """Credits less debits of an account of this merchant or of `owner`."""
        with scope.platform(), reading():
            return folded_balance(owner or self.merchant_id, account)


@dataclass(frozen=True, slots=True)
class Plastic:
    """A card as a test holds it."""

    id: UUID
    account: int
    code_hash: bytes


def make_ground(
    *, funding: str = "escrow", bps: int = 250, fixed_minor: int = 0, currency: str = "EUR"
) -> Ground:
    """A merchant with one program and one location."""
    number = next(_numbers)
    with scope.platform(), transaction():
        merchant = Merchant.objects.create(
            name=f"Merchant {number}", slug=f"m-{uuid.uuid4().hex[:12]}", country="IE", currency=currency,
            time_zone="Europe/Dublin",
        )  # fmt: skip
        location = Location.objects.create(merchant=merchant, name="Counter")
        pending, issued, commission, unapplied, processor = open_accounts(
            [
                AccountSpec(merchant.id, "pending", currency),
                AccountSpec(merchant.id, "issued", currency),
                AccountSpec(PLATFORM, "commission", currency),
                AccountSpec(PLATFORM, "unapplied", currency),
                AccountSpec(PLATFORM, "processor:sandbox", currency),
            ]
        )
        program = Program.objects.create(
            merchant=merchant, name="Gift cards", currency=currency, funding=funding, commission_bps=bps,
            commission_fixed_minor=fixed_minor, min_value_minor=1, max_value_minor=10**11,
            pending_account_id=pending, commission_account_id=commission,
            issued_account_id=None if funding == "escrow" else issued, created_at=NOON,
        )  # fmt: skip
    return Ground(
        merchant.id,
        program.id,
        location.id,
        currency,
        funding,
        pending,
        commission,
        issued,
        unapplied,
        processor,
    )


def hash_of(code: str) -> bytes:
    """Stands for the keyed hash of a code; what is hashed how is none of the ledger's business."""
    return hashlib.sha256(code.encode()).digest()


def make_plastic(
    ground: Ground, value_minor: int = 10_000, *, code: str = "", hashed: bytes = b"", status: str = "active",
    expires_at: datetime | None = None,
) -> Plastic:  # fmt: skip
    """A card with value on it: paid for in escrow, given away otherwise."""
    hashed = hashed or hash_of(code or uuid.uuid4().hex)
    card_id = uuid.uuid4()
    with scope.platform(), transaction():
        (account,) = open_accounts([AccountSpec(ground.merchant_id, "card", ground.currency, str(card_id))])
        Card.objects.create(
            id=card_id, merchant_id=ground.merchant_id, program_id=ground.program_id, account_id=account,
            code_hash=hashed, code_encrypted=b"\0", last4="TEST", status=status,
            currency=ground.currency, face_value_minor=max(value_minor, 1), expires_at=expires_at,
            issued_at=NOON - timedelta(days=1),
            activated_at=NOON - timedelta(days=1),
            **({"closed_at": NOON, "close_reason": "refunded"} if status == "closed" else {}),
        )  # fmt: skip
        if value_minor:
            load(ground, account, value_minor, cause=f"load:{card_id}")
    return Plastic(card_id, account, hashed)


def load(ground: Ground, account: int, value_minor: int, *, cause: str) -> None:
    """Put value on a card, out of a payment or of what the merchant gives away. Inside a transaction."""
    if ground.funding == "escrow":
        settled = chart.settle(processor=ground.processor, unapplied=ground.unapplied, paid_minor=value_minor)
        post_one(ground.move(f"settle:{cause}", settled, kind="settle"), now=NOON)
        kind, legs = (
            "fulfil",
            chart.fulfil(
                unapplied=ground.unapplied,
                card=account,
                pending=ground.pending,
                fees=0,
                value_minor=value_minor,
            ),
        )
    else:
        kind, legs = "issue", chart.issue(issued=ground.issued, card=account, value_minor=value_minor)
    post_one(ground.move(cause, legs, kind=kind, subject=account), now=NOON)
