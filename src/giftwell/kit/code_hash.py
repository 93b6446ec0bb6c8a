"""What a card's code is looked up by: one answer for every door, ours and imported codes alike.

A code made here is read as people confuse it (O as 0, I and L as 1) and carries a check character. A code
that came from another system has neither, so everything that is not one of ours may be one of theirs: upper
case, without spaces and dashes, 8 to 40 letters and digits. Its hash has the scheme's mark in it, so the same
text never has two meanings: whoever imports a code asks this function too.
"""

import re
from uuid import UUID

from giftwell.kit import codes
from giftwell.kit.crypto import keyed_hash

SHORTEST_IMPORTED, LONGEST_IMPORTED = 8, 40
_IMPORTED = re.compile(rf"[0-9A-Z]{{{SHORTEST_IMPORTED},{LONGEST_IMPORTED}}}")
_MARK = b"imported"


def code_hash(key: bytes, merchant_id: UUID, text: str) -> bytes | None:
    """The hash of a code as typed, scanned or imported at this merchant; None where it can be no code at all.

    `key` is the secret of these hashes. The merchant is part of it: the same code at two merchants has two.
    """
    code = codes.normalize(text)
    if codes.is_well_formed(code):
        return keyed_hash(key, merchant_id.bytes, code.encode())
    bare = codes.bare(text)
    if is_imported_form(bare):
        return keyed_hash(key, merchant_id.bytes, _MARK, bare.encode())
    return None


def is_imported_form(bare: str) -> bool:
    """Whether a text without gaps, in upper case, can be another system's code."""
    return _IMPORTED.fullmatch(bare) is not None
