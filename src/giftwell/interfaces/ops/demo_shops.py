"""What the demo consists of: two shops as the look draws them, their people, and a few days of trade."""

from dataclasses import dataclass, field
from datetime import timedelta

Colours = dict[str, str]


def _colours(ground: str, figure: str, foil: str, ink: str) -> Colours:
    words = {"ground": ground, "figure": figure, "foil": foil, "ink": ink}
    return {name: f"oklch({colour})" for name, colour in words.items()}


FERN = _colours("0.375 0.062 158", "0.462 0.08 153", "0.86 0.105 92", "0.985 0.018 100")
HOLLIS = _colours("0.36 0.108 22", "0.455 0.138 26", "0.83 0.085 62", "0.975 0.018 70")
AMSEL = _colours("0.83 0.135 86", "0.755 0.148 73", "0.5 0.13 38", "0.25 0.045 60")
ROSA = _colours("0.865 0.06 12", "0.79 0.1 10", "0.54 0.175 18", "0.27 0.075 10")
LIDO = _colours("0.452 0.086 227", "0.38 0.08 233", "0.91 0.075 190", "0.99 0.008 200")
OMBRA = _colours("0.255 0.042 262", "0.365 0.066 257", "0.84 0.09 72", "0.97 0.015 80")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One product: (value, price) pairs in minor units, and bounds where any other value may be chosen."""

    slug: str
    name: str
    description: str
    values: tuple[tuple[int, int], ...]
    bounds: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One card sold so long ago, and what was spent from it: (after, amount in minor units).

    One that is `kept` lies in the buyer's own wallet.
    """

    key: str
    ago: timedelta
    value_minor: int
    design: str
    recipient: str
    sender: str
    message: str
    spent: tuple[tuple[timedelta, int], ...] = ()
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """One demo merchant."""

    slug: str
    name: str
    country: str
    currency: str
    time_zone: str
    tagline: str
    colours: Colours
    locations: tuple[str, ...]
    owner: tuple[str, str]
    cashier: tuple[str, str]
    designs: tuple[tuple[str, str, Colours], ...]
    shelf: tuple[Shelf, ...]
    sales: tuple[Sale, ...] = ()
    gifts_minor: tuple[int, ...] = field(default=())


BUYER = ("maja@buyer.example", "Maja Lindqvist")
ADMIN = ("admin@giftwell.example", "Platform admin")

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)

FERN_AND_FLOUR = Shop(
    slug="fern-and-flour",
    name="Fern & Flour",
    country="IE",
    currency="EUR",
    time_zone="Europe/Dublin",
    tagline="Bread, pastry and coffee",
    colours=FERN,
    locations=("Market Street", "Old Harbour"),
    owner=("tomas@fern.example", "Tomas Keane"),
    cashier=("till@fern.example", "Aoife Brennan"),
    designs=(
        ("Sprig", "sprig", FERN),
        ("Morning", "sunray", AMSEL),
        ("Crumb", "terrazzo", ROSA),
        ("Coast", "dunes", LIDO),
    ),
    shelf=(
        Shelf(
            slug="gift-card",
            name="A gift card for Fern & Flour",
            description="Bread, pastry and coffee, at Market Street and Old Harbour. "
            "Spend it in one visit or in many; valid for five years.",
            values=((2500, 2500), (5000, 4800), (10_000, 9200), (15_000, 13_800)),
            bounds=(1000, 25_000),
        ),
        Shelf(
            slug="breakfast-for-two",
            name="Breakfast for two",
            description="Two plates from the long table and a pot of coffee, any morning of the week.",
            values=((3600, 3400),),
        ),
    ),
    sales=(
        Sale(
            key="maja",
            ago=12 * _DAY,
            value_minor=5000,
            design="Sprig",
            recipient="Maja Lindqvist",
            sender="Tomas",
            message="Happy birthday. For slow Saturdays, and the good croissants.",
            spent=((2 * _DAY, 1250), (8 * _DAY, 2000)),
            kept=True,
        ),
        Sale(
            key="ottilie",
            ago=6 * _DAY,
            value_minor=10_000,
            design="Morning",
            recipient="Ottilie Brandt",
            sender="Jonas",
            message="Thank you for the flat, the keys and the plants.",
            spent=((3 * _DAY, 3680),),
        ),
        Sale(
            key="haruto",
            ago=5 * _HOUR,
            value_minor=2500,
            design="Crumb",
            recipient="Haruto Sato",
            sender="Priya",
            message="Coffee is on me this week.",
        ),
    ),
    gifts_minor=(2000, 5000),
)

HOLLIS_AND_REED = Shop(
    slug="hollis-and-reed",
    name="Hollis & Reed",
    country="GB",
    currency="GBP",
    time_zone="Europe/London",
    tagline="Books, new and old",
    colours=HOLLIS,
    locations=("Bridge Street",),
    owner=("imogen@hollis.example", "Imogen Reed"),
    cashier=("desk@hollis.example", "Luca Ferri"),
    designs=(("Chapter", "ribbon", HOLLIS), ("Margin", "contour", OMBRA)),
    shelf=(
        Shelf(
            slug="gift-card",
            name="A gift card for Hollis & Reed",
            description="For the shop on Bridge Street: new books, old books, and the ones we have to order.",
            values=((1500, 1500), (3000, 3000), (5000, 4800)),
            bounds=(1000, 20_000),
        ),
        Shelf(
            slug="a-year-of-paperbacks",
            name="A year of paperbacks",
            description="Twelve paperbacks, one for each month, chosen at the counter.",
            values=((12_000, 11_000),),
        ),
    ),
    sales=(
        Sale(
            key="anna",
            ago=9 * _DAY,
            value_minor=3000,
            design="Chapter",
            recipient="Anna-Katharina Hohenstein",
            sender="Luca",
            message="For the long winter.",
            spent=((4 * _DAY, 1199),),
            kept=True,
        ),
    ),
    gifts_minor=(1500,),
)

SHOPS = (FERN_AND_FLOUR, HOLLIS_AND_REED)
