"""The demo: two shops with people, keys, products and a few days of trade. Built by verbs, safe to repeat.

What is there already is left as it is and found again; ids, passwords and keys stay the same.
"""

from datetime import timedelta
from itertools import islice
from typing import Any

from django.conf import settings

from giftwell.domain.cards.models import Card, Status
from giftwell.domain.cards.queries import balance_of, with_balance
from giftwell.domain.cards.reveal_code import reveal_codes
from giftwell.foundation.identity.create_admin import create_admin
from giftwell.foundation.identity.create_api_key import create_api_key
from giftwell.foundation.identity.create_person import create_person
from giftwell.foundation.identity.find_api_key import find_api_key
from giftwell.foundation.identity.give_time import give_time
from giftwell.foundation.identity.models import User
from giftwell.foundation.identity.second_factor import due_at
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import READ_SCOPES, SCOPES
from giftwell.interfaces.ops.demo_building import build_shop
from giftwell.interfaces.ops.demo_secrets import DemoSecrets, demo_secrets
from giftwell.interfaces.ops.demo_shops import ADMIN, BUYER, SHOPS, Shop
from giftwell.interfaces.ops.demo_story import ACTOR, give_away, trade
from giftwell.kit.clock import now
from giftwell.kit.codes import display
from giftwell.kit.crypto import new_token
from giftwell.kit.errors import Refused

FEWEST_CARDS = 2
MOST_CARDS = 4
_OPENED = timedelta(days=30)
_SOON, _MUCH_LATER = timedelta(days=90), timedelta(days=365)


class PasswordIsUnknown(Refused):
    """A person of the demo is there, but was made from another data folder."""

    code = "demo_password_is_unknown"
    detail = "The demo's people exist, but this DATA_DIR does not have their passwords."


def build_demo() -> dict[str, Any]:
    """Make the demo, or what is missing of it, and give back how to get in."""
    with demo_secrets() as kept:
        buyer = _person(kept, *BUYER)
        _admin(kept)
        merchants, cards = [], []
        for shop in SHOPS:
            owner, cashier = _person(kept, *shop.owner), _person(kept, *shop.cashier)
            merchant = _shop(kept, shop, owner=owner, cashier=cashier, buyer=buyer)
            merchants.append(
                {
                    "id": merchant.public_id,
                    "name": merchant.name,
                    "slug": merchant.slug,
                    "owner": _way_in(kept, owner),
                    "cashier": _way_in(kept, cashier),
                    "api_key": _key(kept, merchant, "api_key", frozenset(SCOPES)),
                    "read_api_key": _key(kept, merchant, "read_api_key", READ_SCOPES),
                }
            )
            cards += _cards(merchant, shop)
        return {
            "base": settings.BASE_URL,
            "merchants": merchants,
            "buyer": _way_in(kept, buyer),
            "admin": {"email": ADMIN[0], "password": kept.get(f"password:{ADMIN[0]}")},
            "cards": cards,
        }


def welcome(demo: dict[str, Any]) -> str:
    """The demo's ways in, for a person to read."""
    base, lines = demo["base"], ["Demo accounts"]
    for merchant in demo["merchants"]:
        lines.append(f"  {merchant['name']}  {base}/shops/{merchant['slug']}/")
        for role, face in (("owner", "console"), ("cashier", "till")):
            way = merchant[role]
            lines.append(f"    {role:8} {way['email']}  {way['password']}  {base}/{face}/{merchant['slug']}/")
        lines.append(f"    key      {merchant['api_key']}")
    lines += [f"  {who:8}   {demo[who]['email']}  {demo[who]['password']}" for who in ("buyer", "admin")]
    lines += [f"  card       {display(card['code'])}  ({card['currency']})" for card in demo["cards"]]
    lines.append(f"  mail       {base}/outbox/")
    return "\n".join(lines)


def _person(kept: DemoSecrets, email: str, name: str) -> User:
    password = kept.get(f"password:{email}")
    known = User.objects.filter(email=email).first()
    if known is not None:
        if password is None:
            raise PasswordIsUnknown
        return _with_time(known)
    password = password or kept.keep(f"password:{email}", new_token())
    return _with_time(
        create_person(
            email=email, name=name, password=password, verified=True, actor=ACTOR, now=now() - _OPENED
        )
    )


def _with_time(person: User) -> User:
    """Whoever looks at the demo need not have a phone at hand: a second factor is asked for much later."""
    if due_at(person) < now() + _SOON:
        give_time(user=person, until=now() + _MUCH_LATER, actor=ACTOR, now=now())
    return person


def _admin(kept: DemoSecrets) -> None:
    email, name = ADMIN
    known = User.objects.filter(email=email).first()
    if known is not None:
        if kept.get(f"password:{email}") is None:
            raise PasswordIsUnknown
        _with_time(known)
        return
    password = kept.get(f"password:{email}") or kept.keep(f"password:{email}", new_token())
    _with_time(create_admin(email=email, name=name, password=password, actor=ACTOR, now=now()))


def _way_in(kept: DemoSecrets, person: User) -> dict[str, str | None]:
    return {"email": person.email, "password": kept.get(f"password:{person.email}")}


def _shop(kept: DemoSecrets, shop: Shop, *, owner: User, cashier: User, buyer: User) -> Merchant:
    """The shop with its story; one that was finished here before is only looked up."""
    with scope.platform(), reading():
        known = Merchant.objects.filter(slug=shop.slug).first()
    if known is not None and kept.get(f"finished:{shop.slug}") == known.public_id:
        return known
    began = now()
    merchant = build_shop(shop, known, owner=owner, cashier=cashier, opened=began - _OPENED)
    trade(merchant, shop, buyer=buyer, cashier=cashier, began=began)
    kept.keep(f"finished:{shop.slug}", merchant.public_id)
    return merchant


def _key(kept: DemoSecrets, merchant: Merchant, name: str, scopes: frozenset[str]) -> str:
    """The shop's key of this name; a new one where the kept one does not open this database."""
    words = f"{name}:{merchant.slug}"
    secret = kept.get(words)
    found = find_api_key(secret, now=now()) if secret else None
    if secret and found and found.merchant_id == merchant.id:
        return secret
    _, secret = create_api_key(merchant=merchant, name=f"Demo {name}", scopes=scopes, actor=ACTOR, now=now())
    return kept.keep(words, secret)


def _cards(merchant: Merchant, shop: Shop) -> list[dict[str, object]]:
    """Active cards with balance, oldest first; where a visitor has spent them, a new one is given away."""
    cards = _spendable(merchant)
    number = len(shop.gifts_minor)
    while len(cards) < FEWEST_CARDS:
        number += 1
        give_away(merchant, (5000,), now(), first=number)
        cards = _spendable(merchant)
    codes = reveal_codes(
        merchant_id=merchant.id, card_ids=[card.id for card in cards], actor=ACTOR, now=now()
    )
    return [
        {
            "id": card.public_id,
            "merchant": merchant.public_id,
            "code": codes[card.id],
            "currency": card.currency,
            "balance_minor": balance_of(card).amount_minor,
        }
        for card in cards
    ]


def _spendable(merchant: Merchant) -> list[Card]:
    with scope.merchant(merchant.id), reading():
        mine = Card.objects.filter(merchant=merchant, status=Status.ACTIVE, currency=merchant.currency)
        cards = with_balance(mine).order_by("issued_at", "id").iterator(chunk_size=100)
        return list(islice((card for card in cards if balance_of(card).amount_minor), MOST_CARDS))
