"""People, merchants with their twins, members and keys, made by the verbs that make them in life."""

from collections.abc import Iterable
from datetime import datetime
from itertools import count

from giftwell.foundation.identity.add_member import add_member
from giftwell.foundation.identity.create_api_key import create_api_key
from giftwell.foundation.identity.create_merchant import create_merchant
from giftwell.foundation.identity.create_person import create_person
from giftwell.foundation.identity.models import ApiKey, User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Location, Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now

PASSWORD = "a long and quiet river"
TESTS = Actor.command("tests")

_numbers = count(1)


def make_person(
    *, email: str = "", name: str = "Maja", password: str | None = None, verified: bool = True
) -> User:
    """A person; without a password, which takes time to hash, unless one is asked for."""
    return create_person(
        email=email or f"person{next(_numbers)}@example.com",
        name=name,
        password=password,
        verified=verified,
        actor=TESTS,
        now=now(),
    )


def make_merchant(
    *, name: str = "", owner: User | None = None, currency: str = "EUR", country: str = "IE"
) -> Merchant:
    """A live merchant, whose twin and owner are made with it."""
    return create_merchant(
        name=name or f"Shop {next(_numbers)}",
        owner=owner or make_person(),
        country=country,
        currency=currency,
        time_zone="Europe/Dublin",
        actor=TESTS,
        now=now(),
    )


def twin_of(merchant: Merchant) -> Merchant:
    """The sandbox twin of a live merchant."""
    with scope.platform(), reading():
        return Merchant.objects.get(live_merchant=merchant)


def location_of(merchant: Merchant) -> Location:
    """The first location of a merchant."""
    with scope.merchant(merchant.id), reading():
        return Location.objects.filter(merchant=merchant).earliest("created_at")


def make_member(merchant: Merchant, role: str, *, user: User | None = None) -> User:
    """A person who works for the merchant in this role."""
    person = user or make_person()
    add_member(merchant=merchant, user=person, role=role, actor=TESTS, now=now())
    return person


def make_api_key(
    merchant: Merchant, *scopes: str, expires_at: datetime | None = None, at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A key of the merchant and its secret; with the scope of a till, unless others are named."""
    wanted: Iterable[str] = scopes or ("pos",)
    return create_api_key(
        merchant=merchant, name="Test key", scopes=wanted, actor=TESTS, now=at or now(), expires_at=expires_at
    )
