"""The next load of a batch: which rows it is of, and its cards, ready to be sent."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection

from giftwell.domain.bulk.models import Batch, Kind
from giftwell.domain.cards import staging
from giftwell.domain.cards.expiry import expires_at
from giftwell.domain.ledger import chart
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.ids import new_id

CARDS_OF_A_LOAD = 10_000
"""As many as make a load's fixed costs small, and few enough for a cancel to be heard within a second."""

_NEXT = "select * from bulk.next_rows(%s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Part:
    """The rows behind `after`, up to `last_row`, of which `load` is made; `taken` rows lost their code."""

    after: int
    last_row: int
    load: "Future[staging.Load]"
    commission_minor: int
    taken: list[int] = field(default_factory=list)
    taken_minor: int = 0


class Loads:
    """Makes one load while the database takes the one before: codes, ciphers and hashes in a thread."""

    def __init__(self, batch: Batch, merchant: Merchant, maker: ThreadPoolExecutor, *, now: datetime) -> None:
        self._batch, self._maker = batch, maker
        self._ends_at = expires_at(now, batch.program, merchant)

    def after(self, row: int) -> Part | None:
        """The part that begins behind this row; None where there is no more."""
        return self._of_file(row) if self._batch.is_of_a_file else self._of_count(row)

    def _of_count(self, row: int) -> Part | None:
        batch = self._batch
        assert batch.value_minor is not None
        count = min(CARDS_OF_A_LOAD, batch.cards_wanted - row)
        if count <= 0:
            return None
        load = self._making(
            staging.of_one_value, batch.merchant_id, count, batch.value_minor, self._ends_at, load_id=new_id()
        )
        return Part(row, row + count, load, self._commission(batch.value_minor) * count)

    def _of_file(self, row: int) -> Part | None:
        batch = self._batch
        with reading(), connection.cursor() as cursor:
            cursor.execute(_NEXT, [batch.merchant_id, batch.id, row, CARDS_OF_A_LOAD])
            rows = [Row(*one) for one in cursor.fetchall()]
        if not rows:
            return None
        good = [one for one in rows if not one.taken]
        if batch.kind == Kind.IMPORT:
            cards = [one.card() for one in good]
            load = self._making(staging.load_of, cards, load_id=new_id())
        else:
            wanted = [(one.card_id, one.value_minor, one.expires_at) for one in good]
            load = self._making(staging.with_new_codes, batch.merchant_id, wanted, load_id=new_id())
        commission = sum(self._commission(one.value_minor) for one in good)
        taken = [one for one in rows if one.taken]
        return Part(
            row, rows[-1].row_no, load, commission,
            [one.row_no for one in taken], sum(one.value_minor for one in taken),
        )  # fmt: skip

    def _making(
        self, make: Callable[..., staging.Load], *args: object, load_id: UUID
    ) -> "Future[staging.Load]":
        return self._maker.submit(make, *args, load_id=load_id)

    def _commission(self, value_minor: int) -> int:
        batch = self._batch
        return chart.commission_on(
            value_minor, bps=batch.commission_bps, fixed_minor=batch.commission_fixed_minor
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A good row as it lies in the table."""

    row_no: int
    card_id: UUID
    value_minor: int
    expires_at: datetime | None
    reference: str
    code_hash: bytes | None
    code_encrypted: bytes | None
    last4: str | None
    taken: bool

    def card(self) -> staging.StagedCard:
        """The card of an imported row."""
        assert self.code_hash is not None
        assert self.code_encrypted is not None
        assert self.last4 is not None
        return staging.StagedCard(
            self.card_id, self.value_minor, self.expires_at,
            bytes(self.code_hash), bytes(self.code_encrypted), self.last4,
        )  # fmt: skip
