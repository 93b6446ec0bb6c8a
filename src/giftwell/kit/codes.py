"""Card codes: 16 random characters (80 bits) and a check character, 17 in all.

The alphabet is Crockford's (no I, L, O, U), so what people confuse has one reading. The check is a
weighted sum over the field of 32 elements with a different weight at each place: every single wrong
character and every swap of two characters, adjacent or not, is caught before a look-up is spent on it.
"""

import base64
import secrets
import unicodedata
from functools import cache

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 17

_RANDOM_BYTES = 10
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS = str.maketrans("abcdefghijklmnopqrstuvwxyzILO", "ABCDEFGH1JK1MN0PQRSTUVWXYZ110")
_FROM_RFC4648 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())
_CHECK_CHARACTERS = ALPHABET.encode() + bytes(256 - len(ALPHABET))
# The same for ASCII alone, and what stands between the characters there: reading bytes is many times faster.
_ASCII_READ_AS = bytes.maketrans(b"abcdefghijklmnopqrstuvwxyzILO", b"ABCDEFGH1JK1MN0PQRSTUVWXYZ110")
_ASCII_GAPS = b"-\t\n\v\f\r \x1c\x1d\x1e\x1f"
# Only the 26 letters: str.upper would make two signs out of some others.
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive: the powers of x run through all 31 non-zero elements


_TIMES_X = tuple(one << 1 ^ _POLYNOMIAL if one & 0b10000 else one << 1 for one in range(32))


def _weighted_sum(values: list[int]) -> int:
    """Horner's rule: the value at place p from the end carries the weight x^p."""
    total = 0
    for value in values:
        total = _TIMES_X[total] ^ value
    return total


def _check_value(body: list[int]) -> int:
    # The check stands last with the weight x^0 = 1, so it is what makes the whole sum zero.
    return _TIMES_X[_weighted_sum(body)]


def new_code() -> str:
    """Return a fresh code, 17 characters without dashes, from the operating system's randomness."""
    number = int.from_bytes(secrets.token_bytes(_RANDOM_BYTES))
    body = _body_of(number)
    return "".join(ALPHABET[value] for value in [*body, _check_value(body)])


def new_codes(count: int) -> list[bytes]:
    """Return many fresh codes at once, as ASCII.

    What is linear is done for all of them together: the check character is the sum of what each of the ten
    random bytes adds to it, so ten look-ups in tables and one addition a byte make every check there is.
    """
    raw = secrets.token_bytes(_RANDOM_BYTES * count)
    body = base64.b32encode(raw).translate(_FROM_RFC4648)
    sums = 0
    for place, adds in enumerate(_check_tables()):
        sums ^= int.from_bytes(raw[place::_RANDOM_BYTES].translate(adds))
    checks = sums.to_bytes(count).translate(_CHECK_CHARACTERS)
    return [body[at * 16 : at * 16 + 16] + checks[at : at + 1] for at in range(count)]


@cache
def _check_tables() -> tuple[bytes, ...]:
    """For each of the ten random bytes: what its 256 values add to the check."""
    tables = []
    for place in range(_RANDOM_BYTES):
        shift = 8 * (_RANDOM_BYTES - 1 - place)
        tables.append(bytes(_check_value(_body_of(value << shift)) for value in range(256)))
    return tuple(tables)


def _body_of(number: int) -> list[int]:
    return [(number >> shift) & 31 for shift in range(75, -5, -5)]


def normalize(text: str) -> str:
    """Return what a person typed or a scanner sent in the form that is stored.

    Upper case, no spaces or dashes, O read as 0, I and L as 1. The result need not be well formed;
    nothing is raised.
    """
    if text.isascii():
        return text.encode().translate(_ASCII_READ_AS, _ASCII_GAPS).decode()
    return _without_gaps(text).translate(_READ_AS)


def bare(text: str) -> str:
    """Return a code of another system as it is stored: upper case, no spaces or dashes, each sign as it is.

    The result need not be a code; nothing is raised.
    """
    return _without_gaps(text).translate(_UPPER)


def _without_gaps(text: str) -> str:
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Pd", "Cf"))


def is_well_formed(code: str) -> bool:
    """Return whether a normalized code has the right length, alphabet and check character."""
    if len(code) != LENGTH:
        return False
    try:
        return _weighted_sum([_VALUE[character] for character in code]) == 0
    except KeyError:
        return False


def display(code: str) -> str:
    """Return the code in groups for people: `7K4M-XQ2D-9FHT-3WNPV`."""
    return "-".join((code[0:4], code[4:8], code[8:12], code[12:]))


def last4(code: str) -> str:
    """Return the only part of a code that may be stored or shown in the clear."""
    return code[-4:]
