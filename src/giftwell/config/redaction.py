"""What must not be in a log, taken out of every line: codes, tokens, links, keys, passwords, addresses.

A net under the rule that nothing of the kind is logged at all: it catches what a library or an
exception's text brings along. It would rather hide too much than too little.
"""

import re
from collections.abc import MutableMapping
from typing import Any

from giftwell.kit.codes import ALPHABET

HIDDEN = "[redacted]"

_SECRET_KEY = re.compile(
    r"(?:^|[_\-.])(?:password|passwd|secret|token|authorization|cookie|api_?key|credential|csrf\w*|session_?key"
    r"|otp|pin|link|recipient|card_?code)s?$",
    re.IGNORECASE,
)
_IN_TEXT: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bgw_(live|test)_[A-Za-z0-9_\-]+"), rf"gw_\1_{HIDDEN}"),
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=\-]+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    # Addresses that open something for whoever holds them.
    (re.compile(r"/(gift|gifts|orders|invitations)/[^/\s\"'?#]{16,}"), rf"/\1/{HIDDEN}"),
    (re.compile(r"/(confirm-email|reset/key|confirm|key)/[^/\s\"'?#]{6,}"), rf"/\1/{HIDDEN}"),
    (re.compile(r"/outbox/[^/\s\"'?#]+"), f"/outbox/{HIDDEN}"),
    (
        re.compile(r"([?&](?:token|key|code|password|secret|signature|sig)=)[^&\s\"']+", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    (
        re.compile(
            r"(\b(?:password|passwd|secret|token|authorization|cookie|card_code)\\?[\"']?\s*[:=]\s*\\?[\"']?)"
            r"(?!\[redacted\]|Bearer|Basic)[^\s\"',;&}\])\\]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"\b([A-Za-z0-9])[A-Za-z0-9._%+\-]*@([A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)"), r"\1…@\2"),
)
_READABLE = ALPHABET + "OIL"
_CHARACTER = f"[{_READABLE}{_READABLE.lower()}]"
# Seventeen characters as one word, or in groups as codes are shown and dictated.
_CODE = re.compile(
    rf"(?<![\w\-])(?:{_CHARACTER}{{17}}|{_CHARACTER}{{4}}[ \-]{_CHARACTER}{{4}}[ \-]{_CHARACTER}{{4}}[ \-]"
    rf"{_CHARACTER}{{5}})(?![\w\-])"
)


def redact_line(_logger: object, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take secrets out of a structlog line, by the names of its entries and by what their texts look like."""
    for key, value in line.items():
        line[key] = HIDDEN if _is_secret(key, value) else redacted(value)
    return line


def redacted(value: Any) -> Any:
    """Return the value without its secrets, however deep they lie."""
    if isinstance(value, str):
        return redacted_text(value)
    if isinstance(value, bytes):
        return redacted_text(value.decode(errors="replace"))
    if isinstance(value, dict):
        return {
            redacted(key): HIDDEN if _is_secret(str(key), inner) else redacted(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redacted_text(str(value))


def redacted_text(text: str) -> str:
    """Return the text without anything that looks like a secret."""
    for pattern, replacement in _IN_TEXT:
        text = pattern.sub(replacement, text)
    return _CODE.sub(lambda match: HIDDEN if any(map(str.isdigit, match[0])) else match[0], text)


def _is_secret(key: str, value: Any) -> bool:
    if key == "code":
        # A status or an error's code is what `code` usually is; a card's is never lower-case words.
        return isinstance(value, str) and not re.fullmatch(r"[a-z][a-z0-9_]*", value)
    return value not in (None, "") and bool(_SECRET_KEY.search(key))
