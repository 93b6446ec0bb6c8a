"""`giftwell create-merchant`: a merchant, its sandbox twin, and the person who owns both."""

import click

from giftwell.domain.catalog.open_shop import open_shop
from giftwell.foundation.identity.create_person import create_person
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.ops.commands.words import as_json, new_password, person_with, say
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now

ACTOR = Actor.command("create-merchant")


@click.command("create-merchant")
@click.option("--name", required=True, help="What the business is called.")
@click.option("--owner-email", required=True, help="Whoever has no account yet gets one, with a password.")
@click.option("--owner-name", default="", help="For a new account.")
@click.option("--country", default="IE", show_default=True)
@click.option("--currency", default="EUR", show_default=True)
@click.option("--time-zone", default="Europe/Dublin", show_default=True)
@click.option("--slug", default=None, help="The shop's address; made from the name when left out.")
@click.option("--location", default=None, help="The first place where cards are redeemed.")
@as_json
def create_merchant(
    name: str,
    owner_email: str,
    owner_name: str,
    country: str,
    currency: str,
    time_zone: str,
    slug: str | None,
    location: str | None,
    as_json: bool,
) -> None:
    """Create a merchant with its sandbox twin and an owner."""
    owner, password = _owner(owner_email, owner_name or name)
    merchant = open_shop(
        name=name,
        owner=owner,
        country=country,
        currency=currency,
        time_zone=time_zone,
        slug=slug,
        location_name=location,
        actor=ACTOR,
        now=now(),
    )
    with scope.platform(), reading():
        twin = Merchant.objects.get(live_merchant=merchant)
    answer = {
        "id": merchant.public_id,
        "name": merchant.name,
        "slug": merchant.slug,
        "sandbox": {"id": twin.public_id, "slug": twin.slug},
        "owner": {"email": owner.email, "password": password},
    }
    words = (
        f"{merchant.name} is open at /shops/{merchant.slug}/ ({merchant.public_id}), owned by {owner.email}."
    )
    if password:
        words += f"\nTheir password, shown this once: {password}"
    say(answer, words, as_json=as_json)


def _owner(email: str, name: str) -> tuple[User, str | None]:
    """The person with this address; a new one comes with a password, which is shown once."""
    known = person_with(email)
    if known is not None:
        return known, None
    password = new_password()
    person = create_person(email=email, name=name, password=password, verified=True, actor=ACTOR, now=now())
    return person, password
