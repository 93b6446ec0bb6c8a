"""A street of shops with paid cards, made fast: what an order leaves behind, without the orders.

Everything that a law asks for is there (payment, postings, cards, events), so that `verify` can say something
after a run. Written in bulk where the verbs would take minutes.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.codes import last4, new_code
from giftwell.kit.crypto import encrypt, keyed_hash
from giftwell.kit.ids import new_id, public_id

PLAIN = Path(__file__).parent / "plain"
VALUE_MINOR = 1_000_000
_BENCH = Actor.command("bench")
_CARD_COLUMNS = (
    "id, merchant_id, program_id, account_id, code_hash, code_encrypted, code_scheme, last4, status,"
    " close_reason, currency, face_value_minor, issued_at, activated_at"
)


def fill(admin_url: str, merchants: int, cards_each: int) -> list[list[str]]:
    """Open the shops and sell the cards; each card's code with the secret of its shop's key."""
    pairs: list[list[str]] = []
    with psycopg.connect(admin_url) as admin:
        for file in sorted(PLAIN.glob("*.sql")):
            admin.execute(file.read_bytes())
        admin.execute("create table plain.card (n serial primary key, merchant uuid, hashed bytea)")
        admin.execute("grant usage on schema plain to giftwell_app")
        admin.execute("grant select on plain.card to giftwell_app")
        admin.execute("grant execute on all functions in schema plain to giftwell_app")
        admin.commit()
        for number in range(merchants):
            merchant, secret = open_shop(number)
            pairs += [[code, secret] for code in _sell(admin, merchant, cards_each)]
        admin.commit()
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("vacuum analyze")
        admin.execute("checkpoint")
    return pairs


def open_shop(number: int) -> tuple[Any, str]:
    """A shop with its owner `owner<number>@bench.example`, and the secret of a key of its."""
    from giftwell.domain.catalog.set_up_shop import set_up_shop
    from giftwell.foundation.identity.create_api_key import create_api_key
    from giftwell.foundation.identity.create_merchant import create_merchant
    from giftwell.foundation.identity.create_person import create_person

    moment = now()
    owner = create_person(
        email=f"owner{number}@bench.example", name="Owner", password=None, verified=True, actor=_BENCH,
        now=moment,
    )  # fmt: skip
    merchant = create_merchant(
        name=f"Bench {number}", owner=owner, country="IE", currency="EUR", time_zone="Europe/Dublin",
        actor=_BENCH, now=moment,
    )  # fmt: skip
    set_up_shop(merchant=merchant, actor=_BENCH, now=moment)
    _, secret = create_api_key(merchant=merchant, name="Bench", scopes=["pos"], actor=_BENCH, now=moment)
    return merchant, secret


def _sell(admin: psycopg.Connection[Any], merchant: Any, count: int) -> list[str]:
    """Cards as an order leaves them: one payment settled, each card fulfilled out of it; their codes."""
    from django.conf import settings

    from giftwell.domain.catalog.models import Program
    from giftwell.foundation.tenancy import scope
    from giftwell.foundation.tenancy.transactions import reading

    with scope.merchant(merchant.id), reading():
        program = Program.objects.get(merchant=merchant, funding="escrow")
    cards, moment = [new_id() for _ in range(count)], now()
    codes = [new_code() for _ in cards]
    hashes = [keyed_hash(settings.LOOKUP_KEYS["code"], merchant.id.bytes, code.encode()) for code in codes]
    accounts = _pay(merchant, program, cards, moment)
    with admin.cursor() as cursor:
        with cursor.copy(f"copy cards_card ({_CARD_COLUMNS}) from stdin") as copy:
            for card, account, code, hashed in zip(cards, accounts, codes, hashes, strict=True):
                kept = encrypt(settings.KEYRINGS["card_codes"], code.encode(), card.bytes)
                copy.write_row(
                    (card, merchant.id, program.id, account, hashed, kept, "", last4(code), "active", "",
                     "EUR", VALUE_MINOR, moment, moment)
                )  # fmt: skip
        with cursor.copy("copy plain.card (merchant, hashed) from stdin") as copy:
            for hashed in hashes:
                copy.write_row((merchant.id, hashed))
    return codes


def _pay(merchant: Any, program: Any, cards: Sequence[UUID], moment: Any) -> list[int]:
    """One settled payment for a merchant's cards, and each card's value out of it; the cards' accounts."""
    from giftwell.domain.ledger import chart
    from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
    from giftwell.domain.ledger.post import Move, post
    from giftwell.foundation.tenancy import PLATFORM, scope
    from giftwell.foundation.tenancy.transactions import transaction

    def move(kind: str, cause: str, legs: Any, subject: int | None = None) -> Move:
        return Move(merchant.id, kind, "EUR", cause, legs, str(_BENCH), subject=subject)

    with scope.merchant(merchant.id), transaction():
        platform = [AccountSpec(PLATFORM, kind, "EUR") for kind in ("processor:sandbox", "unapplied", "fees")]
        processor, unapplied, fees = open_accounts(platform)
        accounts = open_accounts([AccountSpec(merchant.id, "card", "EUR", str(card)) for card in cards])
        payment = _tell(merchant, program, cards, moment)
        paid = chart.settle(processor=processor, unapplied=unapplied, paid_minor=VALUE_MINOR * len(cards))
        moves = [move(chart.PostingKind.SETTLE, f"settle:{payment}", paid)]
        for card, account in zip(cards, accounts, strict=True):
            legs = chart.fulfil(
                unapplied=unapplied, card=account, pending=program.pending_account_id, fees=fees,
                value_minor=VALUE_MINOR,
            )  # fmt: skip
            moves.append(move(chart.PostingKind.FULFIL, f"fulfil:{card}", legs, account))
        answers = post(moves, now=moment)
        assert all(answer.outcome == "done" for answer in answers), answers[:3]
    return accounts


def _tell(merchant: Any, program: Any, cards: Sequence[UUID], moment: Any) -> UUID:
    """The payment's row, and the events of what happened; the payment's id."""
    from giftwell.domain.cards.events import CardActivated, CardIssued
    from giftwell.domain.payments.events import PaymentSettled
    from giftwell.domain.payments.models import Payment
    from giftwell.foundation.events.event import DomainEvent
    from giftwell.foundation.events.record import record_many

    total, order = VALUE_MINOR * len(cards), new_id()
    payment = Payment.objects.create(
        merchant=merchant, order_id=order, gateway="sandbox", amount_minor=total, currency="EUR",
        status="succeeded", settled_minor=total, settled_currency="EUR", created_at=moment, settled_at=moment,
    )  # fmt: skip
    told: list[DomainEvent] = [
        PaymentSettled(
            merchant_id=merchant.id, subject=payment.public_id, order=public_id("ord", order),
            amount_minor=total, currency="EUR",
        )
    ]  # fmt: skip
    for card in cards:
        about = {"merchant_id": merchant.id, "subject": public_id("card", card)}
        worth = {"amount_minor": VALUE_MINOR, "currency": "EUR"}
        told.append(CardIssued(program=program.public_id, **about, **worth))  # type: ignore[arg-type]
        told.append(CardActivated(**about, **worth))  # type: ignore[arg-type]
    record_many(told, actor=_BENCH, at=moment)
    return payment.id
