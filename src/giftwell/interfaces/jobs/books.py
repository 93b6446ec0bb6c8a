"""The books by the clock: folded and sealed every few seconds, checked every night."""

import time

import structlog

from giftwell.domain.ledger.check_books import check_books
from giftwell.domain.ledger.roll import roll
from giftwell.domain.ledger.seal import seal
from giftwell.foundation.tenancy import scope
from giftwell.interfaces.jobs.ticking import tick
from giftwell.kit.clock import now

logger = structlog.get_logger(__name__)


@tick("ledger.roll", "* * * * * */5")
def roll_ledger() -> None:
    """Fold what was posted to unguarded accounts, so that reading their balances stays quick."""
    with scope.platform():
        roll()


@tick("ledger.seal", "* * * * * */5")
def seal_ledger() -> None:
    """Close what was posted into the chain of blocks."""
    with scope.platform():
        seal(now=now())


@tick("ledger.check_books", "23 2 * * *")
def check_all_books() -> None:
    """Ask every law and read the whole chain; what is wrong is an error in the log, by its law.

    Kept for the backoffice and the metrics, whose alert names the law too.
    """
    found = check_books(timer=time.monotonic, now=now())
    for one in found.laws:
        if one.breach:
            logger.error("law_is_broken", law=one.law, says=one.says, rows=one.breach.count)
    for finding in found.chain:
        logger.error(
            "chain_is_broken", what=finding.what, block=finding.block, place=finding.place,
            posting=finding.posting,
        )  # fmt: skip
    logger.info("books_checked", sound=found.is_sound, took_ms=found.took_ms)
