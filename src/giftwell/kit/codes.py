"""Card codes: 16 random characters (80 bits) and a check character, 17 in all.

The alphabet is Crockford's (no I, L, O, U), so what people confuse has one reading. The check is a
weighted sum over the field of 32 elements with a different weight at each place: every single wrong
character and every swap of two characters, adjacent or not, is caught before a look-up is spent on it.
"""

import secrets
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 17

_RANDOM_BYTES = 10
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS = str.maketrans("abcdefghijklmnopqrstuvwxyzILO", "ABCDEFGH1JK1MN0PQRSTUVWXYZ110")
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive: the powers of x run through all 31 non-zero elements


def _times_x(element: int) -> int:
    doubled = element << 1
    return doubled ^ _POLYNOMIAL if doubled & 0b100000 else doubled


def _weighted_sum(values: list[int]) -> int:
    """Horner's rule: the value at place p from the end carries the weight x^p."""
    total = 0
    for value in values:
        total = _times_x(total) ^ value
    return total


def _check_value(body: list[int]) -> int:
    # The check stands last with the weight x^0 = 1, so it is what makes the whole sum zero.
    return _times_x(_weighted_sum(body))


def new_code() -> str:
    """Return a fresh code, 17 characters without dashes, from the operating system's randomness."""
    number = int.from_bytes(secrets.token_bytes(_RANDOM_BYTES))
    body = [(number >> shift) & 31 for shift in range(75, -5, -5)]
    return "".join(ALPHABET[value] for value in [*body, _check_value(body)])


def normalize(text: str) -> str:
    """Return what a person typed or a scanner sent in the form that is stored.

    Upper case, no spaces or dashes, O read as 0, I and L as 1. The result need not be well formed;
    nothing is raised.
    """
    kept = (c for c in text if not c.isspace() and unicodedata.category(c) not in ("Pd", "Cf"))
    return "".join(kept).translate(_READ_AS)


def is_well_formed(code: str) -> bool:
    """Return whether a normalized code has the right length, alphabet and check character."""
    if len(code) != LENGTH:
        return False
    values = [_VALUE.get(character, -1) for character in code]
    return -1 not in values and _weighted_sum(values) == 0


def display(code: str) -> str:
    """Return the code in groups for people: `7K4M-XQ2D-9FHT-3WNPV`."""
    return "-".join((code[0:4], code[4:8], code[8:12], code[12:]))


def last4(code: str) -> str:
    """Return the only part of a code that may be stored or shown in the clear."""
    return code[-4:]
