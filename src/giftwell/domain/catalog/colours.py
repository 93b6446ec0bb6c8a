"""Colours of a card: reading them, and whether one shows on another. No Django here.

A colour is written `oklch(L C H)`, the form that the stylesheets use; a colour picker's `#rrggbb` is turned
into it. Contrast is WCAG's ratio, measured on what an sRGB screen shows: a colour outside its gamut is
clipped first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import atan2, cbrt, cos, degrees, hypot, radians, sin

from giftwell.kit.errors import Invalid

READABLE = 4.5
VISIBLE = 2.0
FIELDS = ("ground", "figure", "foil", "ink")

_NUMBER = r"([0-9]{1,3}(?:\.[0-9]{1,6})?)"
_OKLCH = re.compile(rf"oklch\(\s*{_NUMBER}(%?)\s+{_NUMBER}\s+{_NUMBER}(?:deg)?\s*\)")
_HEX = re.compile(r"#([0-9a-f]{6})")

Triple = tuple[float, float, float]


class InvalidColour(Invalid):
    """The text is no colour that we read."""

    code = "invalid_colour"
    detail = "Write a colour as oklch(0.35 0.05 228) or #1d4a5c."


class TooLittleContrast(Invalid):
    """Words or lines would not show on the card."""

    code = "too_little_contrast"
    detail = "These colours cannot be told apart well enough on a card."


@dataclass(frozen=True, slots=True)
class Palette:
    """The four colours of a card, each in canonical oklch text."""

    ground: str
    figure: str
    foil: str
    ink: str


def canonical(text: str) -> str:
    """The colour as `oklch(L C H)` with plain numbers; raises `InvalidColour`."""
    cleaned = text.strip().lower()
    if match := _HEX.fullmatch(cleaned):
        return _written(_from_srgb(match[1]))
    match = _OKLCH.fullmatch(cleaned)
    if match is None:
        raise InvalidColour
    lightness = float(match[1]) / (100 if match[2] else 1)
    chroma, hue = float(match[3]), float(match[4])
    if lightness > 1 or chroma > 0.4 or hue > 360:
        raise InvalidColour
    return _written((lightness, chroma, hue))


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours, 1 to 21; raises `InvalidColour`."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def palette(colours: Mapping[str, str]) -> Palette:
    """The four colours, canonical and legible.

    Raises `InvalidColour` naming the fields that are none, `TooLittleContrast` naming those that would not
    show: ink must read on ground and on figure at 4.5 : 1, foil must show on ground at 2 : 1.
    """
    found, errors = {}, {}
    for field in FIELDS:
        try:
            found[field] = canonical(colours.get(field, ""))
        except InvalidColour as error:
            errors[field] = error.detail
    if errors:
        raise InvalidColour(errors=errors)
    chosen = Palette(**found)
    too_close = _too_close(chosen)
    if too_close:
        raise TooLittleContrast(errors=too_close)
    return chosen


def _too_close(chosen: Palette) -> dict[str, str]:
    errors = {}
    on_ground, on_figure = contrast(chosen.ink, chosen.ground), contrast(chosen.ink, chosen.figure)
    if on_ground < READABLE:
        errors["ink"] = f"Ink on ground has a contrast of {on_ground:.1f}; it needs {READABLE}."
    elif on_figure < READABLE:
        errors["figure"] = f"Ink on figure has a contrast of {on_figure:.1f}; it needs {READABLE}."
    foil = contrast(chosen.foil, chosen.ground)
    if foil < VISIBLE:
        errors["foil"] = f"Foil on ground has a contrast of {foil:.1f}; it needs {VISIBLE:.0f}."
    return errors


def _written(colour: Triple) -> str:
    lightness, chroma, hue = (f"{part:.4f}".rstrip("0").rstrip(".") for part in colour)
    return f"oklch({lightness} {chroma} {hue})"


def _luminance(text: str) -> float:
    match = _OKLCH.fullmatch(canonical(text))
    if match is None:  # pragma: no cover - canonical text always matches
        raise InvalidColour
    red, green, blue = _to_linear_srgb((float(match[1]), float(match[3]), float(match[4])))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_linear_srgb(colour: Triple) -> Triple:
    """Björn Ottosson's OKLab, backwards, clipped to what a screen has."""
    lightness, chroma, hue = colour
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _clipped(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _clipped(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _clipped(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _from_srgb(digits: str) -> Triple:
    red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return min(lightness, 1.0), hypot(a, b), degrees(atan2(b, a)) % 360


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _clipped(channel: float) -> float:
    return min(max(channel, 0.0), 1.0)
