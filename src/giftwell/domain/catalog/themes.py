"""The stylesheet of a merchant's colours. Pure: colours in, css text out.

Nothing on a page carries a `style` attribute, so each design gets a class and each merchant one for its
brand. Values were made canonical when they were saved; what is no such colour is refused here again, because
this text is served.
"""

import re
from collections.abc import Iterable, Mapping

from giftwell.domain.catalog.colours import FIELDS, Palette, canonical

_CLASS = re.compile(r"theme-[a-z0-9-]+")


def theme_css(themes: Mapping[str, Palette] | Iterable[tuple[str, Palette]]) -> str:
    """The css of these classes, each with the four properties of a card.

    Raises `InvalidColour` for a colour that is none and ValueError for a class name that could break out.
    """
    pairs = themes.items() if isinstance(themes, Mapping) else themes
    rules = "\n".join(_rule(name, palette) for name, palette in pairs)
    return f"@layer tokens {{\n{rules}\n}}\n"


def _rule(name: str, palette: Palette) -> str:
    if not _CLASS.fullmatch(name):
        raise ValueError(f"not a theme's class: {name!r}")
    properties = " ".join(f"--card-{field}: {canonical(getattr(palette, field))};" for field in FIELDS)
    return f"  .{name} {{ {properties} }}"
