"""The ledger's tables, for reading, one file a noun. The runtime role has no insert, update or delete on
them: only the functions in `sql/` write here, so `save()` on one of these is refused by the database.

Merchants and accounts are plain ids, not foreign keys: each insert would lock the merchant's or the
account's row, and the hot ones are hot (0.70 to 0.88 times the speed, measured). `verify` proves what the
keys would.
"""

from giftwell.domain.ledger.models.account import Account
from giftwell.domain.ledger.models.block import Block, BlockAccount, Sealing
from giftwell.domain.ledger.models.check import Check
from giftwell.domain.ledger.models.hold import Hold
from giftwell.domain.ledger.models.posting import Posting, Transfer
from giftwell.domain.ledger.models.rollup import Horizon, Rollup

__all__ = [
    "Account",
    "Block",
    "BlockAccount",
    "Check",
    "Hold",
    "Horizon",
    "Posting",
    "Rollup",
    "Sealing",
    "Transfer",
]
