"""The audit by the clock: sealed every few seconds, read again every night."""

import structlog

from giftwell.foundation.audit.seal import seal_audit
from giftwell.foundation.audit.verify_chain import verify_audit
from giftwell.foundation.tenancy import scope
from giftwell.interfaces.jobs.ticking import tick
from giftwell.kit.clock import now

logger = structlog.get_logger(__name__)


@tick("audit.seal", "* * * * * */10")
def seal() -> None:
    """Close what the audit says into its chain of blocks."""
    with scope.platform():
        seal_audit(now=now())


@tick("audit.verify", "53 2 * * *")
def verify() -> None:
    """Read the whole chain; what is wrong is an error in the log, by its block and row."""
    found = verify_audit()
    for one in found:
        logger.error("audit_is_broken", what=one.what, block=one.block, place=one.place, row=one.row)
    logger.info("audit_checked", sound=not found)
