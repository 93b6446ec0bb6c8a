"""Which passwords are good enough: pure decisions, without the database and without Django.

Two policies have names. `nist` asks for length and nothing else (NIST SP 800-63B); `composition` asks for the
four kinds of signs that some insurers still want. Both refuse what is commonly used and what can be read off
the person or the platform. The platform chooses one; a merchant can only make it stricter for its people.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

MAX_LENGTH = 256
# What must be left of a password when the words that anyone could guess are taken out of it.
_LEFT = 8
_WORD = 4
_DIFFERENT = 5
_LEET = str.maketrans("@4301!5$7", "aaeoliss" + "t")
_PLATFORM_WORDS = ("giftwell", "giftcard", "gift card")


class Fault(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_PLAIN = "too_plain"
    SIGNS_MISSING = "signs_missing"
    COMMON = "common"
    GUESSABLE = "guessable"
    USED_BEFORE = "used_before"


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """How long, how long with a second factor beside it, and whether four kinds of signs must be in it."""

    name: str
    min_length: int
    min_length_with_second_factor: int
    four_kinds: bool = False

    def least(self, *, has_second_factor: bool) -> int:
        """The shortest password this policy takes, in characters."""
        return self.min_length_with_second_factor if has_second_factor else self.min_length


POLICIES = {
    "nist": PasswordPolicy("nist", min_length=15, min_length_with_second_factor=12),
    "composition": PasswordPolicy(
        "composition", min_length=8, min_length_with_second_factor=8, four_kinds=True
    ),
}


def strictest(policies: Iterable[PasswordPolicy]) -> PasswordPolicy:
    """One policy that satisfies all of these: what one of them asks for, the others cannot take away."""
    all_of_them = list(policies)
    return PasswordPolicy(
        name="+".join(dict.fromkeys(one.name for one in all_of_them)),
        min_length=max(one.min_length for one in all_of_them),
        min_length_with_second_factor=max(one.min_length_with_second_factor for one in all_of_them),
        four_kinds=any(one.four_kinds for one in all_of_them),
    )


def faults_of(
    password: str, *, policy: PasswordPolicy, words: Iterable[str], has_second_factor: bool = False
) -> list[Fault]:
    """What this policy finds wrong with a password, by itself and beside the `words` of the person.

    Whether it is commonly used is asked of `common_passwords`, whether it was used before of its history.
    """
    found = []
    if len(password) < policy.least(has_second_factor=has_second_factor):
        found.append(Fault.TOO_SHORT)
    if len(password) > MAX_LENGTH:
        found.append(Fault.TOO_LONG)
    if policy.four_kinds and len(kinds_in(password)) < 4:
        found.append(Fault.SIGNS_MISSING)
    if len(set(password.casefold())) < _DIFFERENT:
        found.append(Fault.TOO_PLAIN)
    if _is_guessable(password, words):
        found.append(Fault.GUESSABLE)
    return found


def kinds_in(password: str) -> set[str]:
    """Which of the four kinds of signs are in it."""
    tests: dict[str, Callable[[str], bool]] = {
        "upper": str.isupper,
        "lower": str.islower,
        "digit": str.isdecimal,
        "special": lambda sign: not sign.isalnum(),
    }
    return {kind for kind, is_of in tests.items() if any(is_of(sign) for sign in password)}


def look_alikes(password: str) -> set[str]:
    """The forms of a password that are no harder to guess: without capitals, signs for letters, its tail."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    read = plain.translate(_LEET)
    # What follows the last letter is what people add when a form asks for a digit and a sign.
    bare = re.sub(r"[^a-z]+$", "", plain)
    return {password, plain, read, bare, bare.translate(_LEET)} - {""}


def _is_guessable(password: str, words: Iterable[str]) -> bool:
    left = password.casefold()
    parts = {part for word in (*words, *_PLATFORM_WORDS) for part in _parts(word)}
    for part in sorted(parts, key=len, reverse=True):
        left = left.replace(part, "")
    return left != password.casefold() and len(left) < _LEFT


def _parts(word: str) -> set[str]:
    plain = word.casefold().strip()
    return {part for part in (plain, *re.split(r"[\W_]+", plain)) if len(part) >= _WORD}
