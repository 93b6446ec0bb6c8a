"""How commands read and speak: merchants and programs by name, answers as text or JSON."""

import json
import secrets
from collections.abc import Mapping
from uuid import UUID

import click

from giftwell.domain.cards.models import Card
from giftwell.domain.cards.queries import find_card
from giftwell.domain.catalog.models import Program
from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.errors import NotFound
from giftwell.kit.ids import UnknownId, parse_id

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
merchant_option = click.option(
    "--merchant", required=True, help="The merchant's address (slug) or id (mer_…)."
)

key_option = click.option(
    "--key", default=None, help="Repeating a key never does it twice; a fresh one when left out."
)


class MerchantNotFound(NotFound):
    """No merchant has this address or id."""

    code = "merchant_not_found"
    detail = "There is no merchant with that address or id."


class ProgramNotFound(NotFound):
    """The merchant has no program of this name or id."""

    code = "program_not_found"
    detail = "This merchant has no program with that name or id."


def say(answer: Mapping[str, object], text: str, *, as_json: bool) -> None:
    """Print the answer for a script, or the text for a person."""
    click.echo(json.dumps(answer) if as_json else text)


def merchant_named(words: str, *, sandbox: bool = False) -> Merchant:
    """The merchant with this slug or id, or its sandbox twin. Raises `MerchantNotFound`."""
    with scope.platform(), reading():
        found = Merchant.objects.filter(slug=words).first()
        if found is None and (merchant_id := _id_in(Merchant.PREFIX, words)):
            found = Merchant.objects.filter(id=merchant_id).first()
        if found is not None and sandbox:
            found = Merchant.objects.filter(live_merchant=found).first()
    if found is None:
        raise MerchantNotFound
    return found


def program_named(merchant: Merchant, words: str) -> Program:
    """The merchant's program with this name or id. Raises `ProgramNotFound`."""
    with scope.merchant(merchant.id), reading():
        mine = Program.objects.filter(merchant=merchant)
        found = mine.filter(name=words).first()
        if found is None and (program_id := _id_in(Program.PREFIX, words)):
            found = mine.filter(id=program_id).first()
    if found is None:
        raise ProgramNotFound
    return found


def card_named(merchant: Merchant, words: str) -> Card:
    """The merchant's card with this id. Raises `CardNotFound`, `UnknownId`."""
    with scope.merchant(merchant.id), reading():
        return find_card(merchant.id, parse_id(Card.PREFIX, words))


def person_with(email: str) -> User | None:
    """The person who has this address, or nobody."""
    return User.objects.filter(email=email.strip().lower()).first()


def new_password() -> str:
    """A password that nobody chose: 128 random bits, to be shown once."""
    return secrets.token_urlsafe(16)


def _id_in(prefix: str, words: str) -> UUID | None:
    try:
        return parse_id(prefix, words)
    except UnknownId:
        return None
