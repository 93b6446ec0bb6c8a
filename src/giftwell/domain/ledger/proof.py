"""What a holder can take away and check without us: every sealed movement of a card, up to its balance.

The check is `check_proof.py` beside this file; it needs nothing of ours. What a proof says of others is
hashes.
"""

import struct
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from django.db import connection

from giftwell.domain.ledger.models import Account, Block
from giftwell.domain.ledger.refusals import AccountNotFound
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit import merkle
from giftwell.kit.errors import Unavailable

FORMAT = "giftwell balance proof 1"
# Of one block a proof needs 128 KB of hashes to be read: more blocks than these would make it slow.
MOST_BLOCKS = 200
_HASH = 32


class BooksUnderReview(Unavailable):
    """What was sealed and what is there now differ: `verify --chain` says where."""

    code = "books_under_review"
    detail = "There is no proof for this balance right now: the books are under review."


@dataclass(frozen=True, slots=True)
class SealedPosting:
    """One posting of the account in its block, with the way up to the block's root."""

    block: int
    place: int
    content: bytes
    path: list[bytes]
    change_minor: int
    balance_minor: int
    # Only where other guarded accounts took part: what opens this account's side, and the way up to the root
    # of all sides that stands in the content.
    side: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BalanceProof:
    """Opening balance, movements and balance of one account, as far as they are sealed."""

    account: int
    currency: str
    opening_minor: int
    balance_minor: int
    is_up_to_date: bool
    postings: list[SealedPosting]
    blocks: list[Block]

    def as_dict(self) -> dict[str, Any]:
        """The proof as the file that is handed out; bytes are hexadecimal."""
        return {
            "format": FORMAT,
            "account": self.account,
            "currency": self.currency,
            "opening_minor": self.opening_minor,
            "balance_minor": self.balance_minor,
            "is_up_to_date": self.is_up_to_date,
            "postings": [
                {
                    "block": one.block,
                    "place": one.place,
                    "content": one.content.hex(),
                    "path": [step.hex() for step in one.path],
                    "change_minor": one.change_minor,
                    "balance_minor": one.balance_minor,
                    **one.side,
                }
                for one in self.postings
            ],
            "blocks": [header(block) for block in self.blocks],
        }


def header(block: Block) -> dict[str, Any]:
    """A block's header as it is published and as proofs carry it."""
    return {
        "number": block.number,
        "first_leaf": block.first_leaf,
        "postings": block.postings,
        "root": bytes(block.root).hex(),
        "previous": bytes(block.previous).hex(),
        "sealed_at": block.sealed_at.astimezone(UTC).isoformat(),
        "hash": bytes(block.hash).hex(),
    }


def prove_balance(*, merchant_id: UUID, account_id: int) -> BalanceProof:
    """Everything sealed of a guarded account, oldest first; of a very busy one the last 200 blocks it moved
    in.

    What was posted in the last seconds is not sealed yet; `is_up_to_date` says whether that is so. Raises
    `AccountNotFound` for another merchant's account and for one that is not guarded.
    """
    with scope.merchant(merchant_id), reading():
        account = Account.objects.filter(merchant_id=merchant_id, pk=account_id, guarded=True).first()
        if account is None:
            raise AccountNotFound
        with connection.cursor() as cursor:
            cursor.execute(
                "select block, content, change, balance, sides, blind from ledger.proof(%s, %s, %s)",
                [merchant_id, account_id, MOST_BLOCKS],
            )
            rows = cursor.fetchall()
        blocks = list(Block.objects.filter(pk__in={row[0] for row in rows}).order_by("number"))
    trees = {block.number: _cut(block.leaves) for block in blocks}
    postings = [_placed(account_id, trees[row[0]], *row) for row in rows]
    opening = postings[0].balance_minor - postings[0].change_minor if postings else 0
    balance = postings[-1].balance_minor if postings else 0
    return BalanceProof(
        account_id, account.currency, opening, balance, balance == account.balance_minor, postings, blocks
    )


def newest_blocks(*, before: int | None = None, limit: int = 100) -> list[Block]:
    """The newest headers, newest first, or those before a number. Anybody may see them: they are hashes."""
    with reading():
        blocks = Block.objects.defer("leaves").order_by("-number")
        if before is not None:
            blocks = blocks.filter(number__lt=before)
        return list(blocks[:limit])


def blocks_from(number: int, *, limit: int = 1000) -> list[Block]:
    """Headers from a number on, in order."""
    with reading():
        return list(Block.objects.defer("leaves").filter(number__gte=number).order_by("number")[:limit])


def waits_for_seal() -> bool:
    """Whether anything is posted and not sealed yet: usually what came in the last seconds."""
    with reading(), connection.cursor() as cursor:
        cursor.execute("select ledger.waits_for_seal()")
        return bool(cursor.fetchone()[0])


def _cut(hashes: bytes | memoryview) -> list[bytes]:
    one = bytes(hashes)
    return [one[at : at + _HASH] for at in range(0, len(one), _HASH)]


def _placed(
    account: int, leaves: list[bytes], number: int, content: bytes | None, change: int, balance: int,
    sides: bytes | None, blind: bytes | None,
) -> SealedPosting:  # fmt: skip
    sealed = bytes(content or b"")
    place, path = _way(leaves, sealed)
    side: dict[str, Any] = {}
    if sides is not None and blind is not None:
        opened = bytes(blind) + struct.pack(">qqq", account, change, balance)
        among, up = _way(_cut(sides), opened)
        side = {"blind": bytes(blind).hex(), "side": among, "side_path": [step.hex() for step in up]}
    return SealedPosting(number, place, sealed, path, change, balance, side)


def _way(leaves: list[bytes], content: bytes) -> tuple[int, list[bytes]]:
    leaf = merkle.leaf_hash(content)
    if leaf not in leaves:
        raise BooksUnderReview
    place = leaves.index(leaf)
    return place, merkle.path(leaves, place)
