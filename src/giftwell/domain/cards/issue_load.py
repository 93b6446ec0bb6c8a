"""Issue a load of cards: thousands at once, active and loaded, told of by one event."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from giftwell.domain.cards import staging
from giftwell.domain.cards.models import CodeScheme
from giftwell.domain.catalog.models import Program
from giftwell.domain.ledger.accounts import AccountSpec, open_accounts
from giftwell.domain.ledger.chart import AccountKind
from giftwell.foundation.audit.attempts import current_request_id
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor

_ISSUE = "select issued, amount_minor from cards.issue_staged(%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)"


@dataclass(frozen=True, slots=True)
class Origin:
    """What the cards of a load have in common: their program, the batch they belong to and its public id."""

    program: Program
    batch_id: UUID
    batch: str
    design_id: UUID | None = None
    scheme: CodeScheme = CodeScheme.OURS


def issue_load(
    *, origin: Origin, load: staging.Load, cause: str, commission_minor: int, actor: Actor, now: datetime
) -> int:
    """Issue the cards of `load` and put their value on them; how many there were.

    `cause` is taken once for ever within the merchant: a load that was committed cannot be issued again (the
    database raises). `commission_minor` is what the merchant owes the platform for the whole load. The caller
    has judged every value, and holds whatever lock keeps two of its own from taking the same rows.
    """
    program = origin.program
    with scope.merchant(program.merchant_id), transaction():
        receivable = receivable_of(program) if commission_minor else None
        staging.send(load)
        with connection.cursor() as cursor:
            cursor.execute(
                _ISSUE,
                [
                    load.id, origin.batch_id, origin.batch, program.id, program.public_id, origin.design_id,
                    origin.scheme.value, cause, receivable, commission_minor, str(actor),
                    current_request_id(), now,
                ],
            )  # fmt: skip
            issued, amount_minor = cursor.fetchone()
        if (issued, amount_minor) != (load.count, load.amount_minor):
            raise RuntimeError("what was staged is not what was issued")
    return int(issued)


def receivable_of(program: Program) -> int:
    """The account of what the program's merchant owes the platform; call it inside a transaction."""
    spec = AccountSpec(program.merchant_id, AccountKind.RECEIVABLE, program.currency)
    return open_accounts([spec])[0]
