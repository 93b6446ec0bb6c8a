"""Which stylesheet carries a merchant's colours, and under which class.

A card wears its design's class (`design.theme`); a merchant's name and the room its pages stand in wear the
brand's. Both come from one small stylesheet per merchant, or from one for several merchants where their cards
stand side by side.
"""

from collections.abc import Iterable
from urllib.parse import urlencode

HOUSE = "theme-giftwell"
"""The platform's own colours, in the common stylesheet: what a card wears whose merchant has none."""

MOST_SHOPS = 50


def theme_url(slug: str, version: str = "") -> str:
    """The address of one merchant's stylesheet; with a version it may be kept for ever."""
    return f"/shops/{slug}/theme.css" + (f"?v={version}" if version else "")


def themes_url(slugs: Iterable[str]) -> str:
    """The address of one stylesheet for several merchants, or nothing for none; at most fifty."""
    wanted = sorted(set(slugs))[:MOST_SHOPS]
    return f"/themes.css?{urlencode({'of': ','.join(wanted)})}" if wanted else ""
