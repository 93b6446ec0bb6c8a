"""What a page says about itself to previews and search engines: Open Graph, and JSON-LD as a block of data.

A block of type `application/ld+json` is data: it never runs, and the policy that refuses inline scripts does
not concern it. Its text is escaped so that no name of a shop or product can end the block.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from giftwell.kit.money import exponent

_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def absolute(path: str) -> str:
    """A path of ours as a whole address."""
    return settings.BASE_URL + path


def described(
    *, path: str, title: str, text: str, kind: str = "website", image: str = "", data: Mapping[str, Any]
) -> SafeString:
    """The tags of one page. `path` and `image` begin with a slash; `data` is JSON-LD without its context."""
    facts = {
        "og:title": title,
        "og:description": text,
        "og:type": kind,
        "og:url": absolute(path),
        "og:site_name": "Giftwell",
    }
    if image:
        facts["og:image"] = absolute(image)
    tags = format_html_join("\n", '<meta property="{}" content="{}">', facts.items())
    canonical = format_html('<link rel="canonical" href="{}">', absolute(path))
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False).translate(_ESCAPES)
    # Safe because every sign that could end the block was escaped in the line above.
    block = SafeString(f'<script type="application/ld+json">{text}</script>')  # nosec B703
    return format_html("{}\n{}\n{}", canonical, tags, block)


def decimal_text(amount_minor: int, currency: str) -> str:
    """An amount as schema.org writes it: digits and a point."""
    return str(Decimal(amount_minor).scaleb(-exponent(currency)))
