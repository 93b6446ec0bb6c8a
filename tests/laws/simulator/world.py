"""The real side of a simulation: merchants in a database of their own, and the ids behind the model's
handles.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from giftwell.domain.cards.codes import code_hash, open_code
from giftwell.domain.catalog.create_product import create_product
from giftwell.domain.catalog.create_program import create_program
from giftwell.domain.catalog.models import Program
from giftwell.domain.catalog.publish_product import publish_product
from giftwell.domain.catalog.rules import ProductDetails
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.codes import new_code
from giftwell.kit.ids import new_id
from tests.factories.identity import make_merchant
from tests.laws.simulator.oracle.facts import MerchantFacts, ProgramFacts
from tests.laws.simulator.oracle.orders import LISTED, RANGE, SOLD

ACTOR = Actor.system("simulator")


@dataclass(frozen=True, slots=True)
class Ground:
    """A merchant as calls need it."""

    merchant: Merchant
    programs: list[Program]
    products: dict[int, UUID]

    @property
    def id(self) -> UUID:
        """The merchant's id."""
        return self.merchant.id


@dataclass(slots=True)
class World:
    """The grounds, and what each handle of the model is in truth."""

    grounds: list[Ground]
    admin: psycopg.Connection[Any]
    ids: dict[str, UUID] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    accounts: dict[int, int] = field(default_factory=dict)
    hashes: dict[tuple[int, int], bytes | None] = field(default_factory=dict)
    nobody: UUID = field(default_factory=new_id)
    nobodys_code: str = field(default_factory=new_code)

    def bind(self, handle: str, identity: UUID) -> None:
        """The handle is this for ever."""
        known = self.ids.setdefault(handle, identity)
        assert known == identity, f"{handle} was {known}, now it is {identity}"
        kind, _, number = handle.partition(":")
        if kind in {"card", "pending"} and int(number) not in self.codes:
            self._meet(int(number), identity)

    def _meet(self, number: int, card_id: UUID) -> None:
        """Learn a card's code and account as its holder and the ledger know them."""
        row = self.admin.execute(
            "select account_id, code_encrypted from cards_card where id = %s", [card_id]
        ).fetchone()
        assert row
        self.accounts[number] = row[0]
        if row[1] is not None:
            self.codes[number] = open_code(card_id, row[1])

    def id_of(self, kind: str, number: int) -> UUID:
        """The id behind a handle, or one that nobody has."""
        return self.ids.get(f"{kind}:{number}", self.nobody)

    def code_of(self, number: int) -> str:
        """A card's code, or one that no card has."""
        return self.codes.get(number, self.nobodys_code)

    def hash_of(self, merchant: int, number: int) -> bytes | None:
        """What that code is looked up by at this merchant."""
        place = (merchant, number)
        if place not in self.hashes or number not in self.codes:
            self.hashes[place] = code_hash(self.grounds[merchant].id, self.code_of(number))
        return self.hashes[place]


def make_world(admin: psycopg.Connection[Any], merchants: list[MerchantFacts]) -> World:
    """The merchants of a model, made by the verbs that make them in life."""
    return World([_ground(facts) for facts in merchants], admin)


def _ground(facts: MerchantFacts) -> Ground:
    merchant = make_merchant(currency=facts.currency)
    programs = [_program(merchant, terms, place) for place, terms in enumerate(facts.programs)]
    details = ProductDetails(
        name="A card",
        kind="range",
        values=tuple(LISTED.items()),
        min_value_minor=RANGE[0],
        max_value_minor=RANGE[1],
    )
    products = {}
    for place in SOLD:
        product = create_product(
            merchant=merchant, program=programs[place], details=details, actor=ACTOR, now=now()
        )
        publish_product(merchant=merchant, product_id=product.id, actor=ACTOR, now=now())
        products[place] = product.id
    return Ground(merchant, programs, products)


def _program(merchant: Merchant, terms: ProgramFacts, place: int) -> Program:
    return create_program(
        merchant=merchant, name=f"{terms.funding} {place}", currency=merchant.currency, funding=terms.funding,
        min_value_minor=1, max_value_minor=terms.highest, max_balance_minor=terms.most,
        max_spend_per_day_minor=terms.day, commission_bps=terms.bps,
        commission_fixed_minor=terms.fixed, buyer_fee_minor=terms.fee, validity_days=terms.days, actor=ACTOR,
        now=now(),
    )  # fmt: skip
