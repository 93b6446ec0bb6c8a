"""Colours for mail clients: they know `#rrggbb` and nothing of `oklch(…)`, in which shops keep theirs."""

import re
from math import cos, radians, sin

FALLBACK = "#241e18"

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_OKLCH = re.compile(r"oklch\(\s*([\d.]{1,12})(%?)\s+([\d.]{1,12})\s+([\d.]{1,12})(?:deg)?\s*\)")


def mail_colour(text: str) -> str:
    """Return the colour as `#rrggbb`, clipped to what a screen shows; ink for what is no colour at all."""
    if _HEX.fullmatch(text):
        return text.lower()
    match = _OKLCH.fullmatch(text.strip())
    if match is None:
        return FALLBACK
    try:
        lightness = float(match[1]) / (100 if match[2] else 1)
        return _hex(lightness, float(match[3]), float(match[4]))
    except ValueError:
        return FALLBACK


def _hex(lightness: float, chroma: float, hue: float) -> str:
    # Björn Ottosson's matrices: oklab to cone responses, cubed, to linear sRGB.
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return "#" + "".join(f"{_channel(value):02x}" for value in (red, green, blue))


def _channel(linear: float) -> int:
    linear = min(max(linear, 0.0), 1.0)
    encoded = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return round(255 * encoded)
