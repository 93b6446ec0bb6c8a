"""Batches of cards: begun, uploaded, checked, worked off."""

import uuid
from collections.abc import Iterable

from giftwell.domain.bulk.check_batch import check_batch
from giftwell.domain.bulk.confirm_batch import confirm_batch
from giftwell.domain.bulk.create_issue import create_issue
from giftwell.domain.bulk.models import Batch, Kind
from giftwell.domain.bulk.run_batch import run_batch
from giftwell.domain.bulk.upload_batch import upload_batch
from giftwell.domain.cards.models import Card
from giftwell.domain.catalog.models import Program
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from tests.factories.catalog import promo_of
from tests.factories.identity import TESTS


def make_counted(
    merchant: Merchant, count: int, *, value_minor: int = 2500, program: Program | None = None
) -> Batch:
    """A batch of cards that are all alike, begun and not worked off."""
    return create_issue(
        program=program or promo_of(merchant),
        value_minor=value_minor,
        count=count,
        key=uuid.uuid4().hex,
        actor=TESTS,
        now=now(),
    ).batch


def upload(
    merchant: Merchant,
    content: bytes | Iterable[bytes],
    *,
    kind: Kind = Kind.ISSUE,
    program: Program | None = None,
) -> Batch:
    """A file that waits to be checked."""
    return upload_batch(
        kind=kind,
        program=program or promo_of(merchant),
        file_name="cards.csv",
        content=[content] if isinstance(content, bytes) else content,
        actor=TESTS,
        now=now(),
    )


def checked(
    merchant: Merchant,
    content: bytes | Iterable[bytes],
    *,
    kind: Kind = Kind.ISSUE,
    program: Program | None = None,
) -> Batch:
    """A file that was checked."""
    batch = upload(merchant, content, kind=kind, program=program)
    return check_batch(merchant_id=merchant.id, batch_id=batch.id, actor=TESTS, now=now())


def confirm(batch: Batch, *, skip_bad: bool = False) -> Batch:
    """Decide for it."""
    return confirm_batch(
        merchant_id=batch.merchant_id, batch_id=batch.id, skip_bad=skip_bad, actor=TESTS, now=now()
    )


def run(batch: Batch, **more: object) -> Batch:
    """Work the batch off."""
    return run_batch(merchant_id=batch.merchant_id, batch_id=batch.id, actor=TESTS, now=now(), **more)  # type: ignore[arg-type]


def imported(merchant: Merchant, content: bytes, *, skip_bad: bool = False) -> Batch:
    """A complete import of this file."""
    return run(confirm(checked(merchant, content, kind=Kind.IMPORT), skip_bad=skip_bad))


def cards_of_batch(batch: Batch) -> list[Card]:
    """Its cards, in the order they were made."""
    with scope.merchant(batch.merchant_id), reading():
        return list(Card.objects.filter(batch_id=batch.id).order_by("id"))


def problems_of(batch: Batch) -> list[tuple[int, str]]:
    """The rows and fields of its report."""
    with scope.merchant(batch.merchant_id), reading():
        return list(batch.problems.order_by("row", "id").values_list("row", "field"))
