"""The terms on which a new shop starts: the platform's commission, bounds, colours."""

from giftwell.domain.catalog.colours import Palette
from giftwell.kit.money import exponent

COMMISSION_BPS = 500
VALIDITY_DAYS = 5 * 365 + 1


def commission_bps(funding: str) -> int:
    """The platform's commission on what is paid for, in basis points; nobody pays for promotional value."""
    return 0 if funding == "promo" else COMMISSION_BPS


ESCROW_PROGRAM = "Gift cards"
PROMO_PROGRAM = "Promotions"

HOUSE = Palette(
    ground="oklch(0.35 0.05 228)",
    figure="oklch(0.445 0.07 224)",
    foil="oklch(0.86 0.075 85)",
    ink="oklch(0.985 0.01 85)",
)
LIGHT = Palette(
    ground="oklch(0.885 0.032 66)",
    figure="oklch(0.802 0.062 54)",
    foil="oklch(0.58 0.145 40)",
    ink="oklch(0.27 0.045 40)",
)
EVENING = Palette(
    ground="oklch(0.255 0.042 262)",
    figure="oklch(0.365 0.066 257)",
    foil="oklch(0.84 0.09 72)",
    ink="oklch(0.97 0.015 80)",
)

DESIGNS: tuple[tuple[str, str, Palette], ...] = (
    ("Tide", "tide", HOUSE),
    ("Ribbon", "ribbon", HOUSE),
    ("Petal", "petal", LIGHT),
    ("Evening", "orbit", EVENING),
)
"""Name, pattern and colours of the faces a new shop starts with."""


def bounds(currency: str) -> tuple[int, int]:
    """The lowest and the highest value of a card in minor units: 5 to 500, without decimals 500 to 50,000."""
    unit = 10 ** exponent(currency) if exponent(currency) else 100
    return 5 * unit, 500 * unit
