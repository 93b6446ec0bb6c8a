"""A card's code as a square for a till's scanner."""

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def qr_of(code: str) -> SafeString:
    """The code as a square that a till's scanner reads: drawn here, so that it has no address of its own."""
    matrix = segno.make_qr(code, error="m").matrix
    side = len(matrix)
    runs = "".join(f"M{x} {y}.5h1" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return format_html(
        '<svg viewBox="-2 -2 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">'
        '<path fill="none" stroke="#000" d="{2}"/></svg>',
        side + 4,
        _("The code as a square for the scanner at the till"),
        runs,
    )
