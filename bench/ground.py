"""What the bench measures on: its own servers in a folder that is thrown away, and a shop street of paid cards."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.codes import last4, new_code
from giftwell.kit.crypto import encrypt, keyed_hash
from giftwell.kit.ids import new_id

PLAIN = Path(__file__).parent / "plain"
VALUE_MINOR = 1_000_000
_BENCH = Actor.command("bench")
_OURS = ("DATABASE_URL", "DATABASE_ADMIN_URL", "CACHE_URL", "DATA_DIR", "BASE_URL", "SECRET_KEY", "MASTER_KEYS",
         "LOOKUP_KEY", "SANDBOX_PROCESSOR_SECRET")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the filled database is, and the cards for the load generator: pairs of a code and its key's secret."""

    admin_url: str
    sockets: str
    cards_file: Path
    scratch: Path


@contextmanager
def filled_ground(*, merchants: int, cards: int) -> Iterator[Ground]:
    """Servers with everything that protects money switched on, migrated and filled, while the block runs."""
    scratch = Path(tempfile.mkdtemp(prefix="giftwell-bench-"))
    scratch.chmod(0o755)
    before = {name: os.environ.pop(name, None) for name in _OURS}
    os.environ["DATA_DIR"] = str(scratch / "data")
    from giftwell.config import embedded
    from giftwell.config.environment import environment
    from giftwell.config.run import bring_up_to_date, servers_at_hand

    environment.cache_clear()
    try:
        with servers_at_hand():
            bring_up_to_date()
            admin_url = os.environ["DATABASE_ADMIN_URL"]
            sockets = str(embedded.socket_dir_of(scratch / "data"))
            file = scratch / "cards.json"
            file.write_text(json.dumps(_fill(admin_url, merchants, cards // merchants)))
            yield Ground(admin_url, sockets, file, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        os.environ.update({name: value for name, value in before.items() if value is not None})


def _fill(admin_url: str, merchants: int, cards_each: int) -> list[list[str]]:
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
            merchant, secret = _open_shop(number)
            pairs += [[code, secret] for code in _sell(admin, merchant, cards_each)]
        admin.commit()
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute("vacuum analyze")
        admin.execute("checkpoint")
    return pairs


def _open_shop(number: int) -> tuple[Any, str]:
    from giftwell.domain.catalog.set_up_shop import set_up_shop
    from giftwell.foundation.identity.create_api_key import create_api_key
    from giftwell.foundation.identity.create_merchant import create_merchant
    from giftwell.foundation.identity.create_person import create_person

    moment = now()
    owner = create_person(
        email=f"owner{number}@bench.example", name="Owner", password=None, verified=True, actor=_BENCH, now=moment
    )  # fmt: skip
    merchant = create_merchant(
        name=f"Bench {number}", owner=owner, country="IE", currency="EUR", time_zone="Europe/Dublin",
        actor=_BENCH, now=moment,
    )  # fmt: skip
    set_up_shop(merchant=merchant, actor=_BENCH, now=moment)
    _, secret = create_api_key(merchant=merchant, name="Bench", scopes=["pos"], actor=_BENCH, now=moment)
    return merchant, secret


def _sell(admin: psycopg.Connection[Any], merchant: Any, count: int) -> list[str]:
    """Cards as an order leaves them: one payment settled, each card fulfilled out of it."""
    from django.conf import settings

    from giftwell.domain.catalog.models import Program
    from giftwell.foundation.tenancy import scope
    from giftwell.foundation.tenancy.transactions import reading

    with scope.merchant(merchant.id), reading():
        program = Program.objects.get(merchant=merchant, funding="escrow")
    accounts = _pay(merchant, program, count)
    moment, codes = now(), [new_code() for _ in range(count)]
    with admin.cursor() as cursor:
        with cursor.copy(
            "copy cards_card (id, merchant_id, program_id, account_id, code_hash, code_encrypted, last4, status,"
            " close_reason, currency, face_value_minor, issued_at, activated_at) from stdin"
        ) as copy:
            for account, code in zip(accounts, codes, strict=True):
                card = new_id()
                copy.write_row(
                    (card, merchant.id, program.id, account, _hash(merchant, code),
                     encrypt(settings.KEYRINGS["card_codes"], code.encode(), card.bytes), last4(code), "active", "",
                     "EUR", VALUE_MINOR, moment, moment)
                )  # fmt: skip
        rows = [(merchant.id, _hash(merchant, code)) for code in codes]
        cursor.executemany("insert into plain.card (merchant, hashed) values (%s, %s)", rows)
    return codes


def _hash(merchant: Any, code: str) -> bytes:
    from django.conf import settings

    return keyed_hash(settings.LOOKUP_KEYS["code"], merchant.id.bytes, code.encode())


def _pay(merchant: Any, program: Any, count: int) -> list[int]:
    """One settled payment for all cards of a merchant, and each card's value out of it; the cards' accounts."""
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
        cards = open_accounts([AccountSpec(merchant.id, "card", "EUR", str(new_id())) for _ in range(count)])
        moves = [
            move(
                chart.PostingKind.FULFIL, f"fulfil:bench-{card}",
                chart.fulfil(unapplied=unapplied, card=card, pending=program.pending_account_id, fees=fees,
                             value_minor=VALUE_MINOR),
                card,
            )
            for card in cards
        ]  # fmt: skip
        paid = chart.settle(processor=processor, unapplied=unapplied, paid_minor=VALUE_MINOR * count)
        answers = post([move(chart.PostingKind.SETTLE, "settle:bench", paid), *moves], now=now())
        assert all(answer.outcome == "done" for answer in answers), answers[:3]
    return cards
