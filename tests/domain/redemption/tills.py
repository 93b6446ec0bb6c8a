"""A till in a test: one card with a real code, and the verbs with what they all need."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from giftwell.domain.cards.codes import code_hash
from giftwell.domain.cards.models import Card
from giftwell.domain.redemption.answers import Answer
from giftwell.domain.redemption.authorize import authorize
from giftwell.domain.redemption.capture import capture
from giftwell.domain.redemption.reauthorize import reauthorize
from giftwell.domain.redemption.redeem import redeem
from giftwell.domain.redemption.refund import refund
from giftwell.domain.redemption.reverse import Reversal, reverse
from giftwell.domain.redemption.unlinked_refund import unlinked_refund
from giftwell.domain.redemption.void import void
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.kit.actor import Actor
from giftwell.kit.codes import new_code
from giftwell.kit.money import Money
from tests.factories.ledger import NOON, Ground, Plastic, make_ground, make_plastic

CASHIER = Actor.system("till")


class Till:
    """One merchant, one card, and the verbs."""

    def __init__(self, value_minor: int = 10_000, expires_at: datetime | None = None, **ground: Any) -> None:
        self.ground: Ground = make_ground(**ground)
        self.merchant_id = self.ground.merchant_id
        self.code = new_code()
        hashed = code_hash(self.merchant_id, self.code)
        assert hashed
        self.card: Plastic = make_plastic(self.ground, value_minor, hashed=hashed, expires_at=expires_at)

    def change(self, **fields: Any) -> None:
        """Write to the card's row."""
        with scope.platform(), transaction():
            Card.objects.filter(id=self.card.id).update(**fields)

    def _common(self, key: str | None) -> dict[str, Any]:
        return {
            "merchant_id": self.merchant_id,
            "key": uuid4().hex if key is None else key,
            "actor": CASHIER,
            "now": NOON,
        }

    def redeem(
        self, amount: int = 1_000, key: str | None = None, currency: str = "EUR", **more: Any
    ) -> Answer:
        """Spend from the card."""
        money = Money(amount, currency)
        return redeem(**{"code": self.code, "amount": money, **self._common(key), **more})

    def authorize(
        self, amount: int = 1_000, key: str | None = None, currency: str = "EUR", **more: Any
    ) -> Answer:
        """Set value of the card aside."""
        money = Money(amount, currency)
        return authorize(**{"code": self.code, "amount": money, **self._common(key), **more})

    def capture(self, hold: UUID, amount: int | None = None, key: str | None = None, **more: Any) -> Answer:
        """Spend what was set aside."""
        return capture(**{"authorization_id": hold, "amount_minor": amount, **self._common(key), **more})

    def void(self, hold: UUID, key: str | None = None, **more: Any) -> Answer:
        """Let what was set aside go."""
        return void(**{"authorization_id": hold, **self._common(key), **more})

    def refund(
        self, redeemed: UUID, amount: int | None = None, key: str | None = None, **more: Any
    ) -> Answer:
        """Give back."""
        return refund(**{"redemption_id": redeemed, "amount_minor": amount, **self._common(key), **more})

    def reauthorize(
        self, hold: UUID, amount: int | None = None, key: str | None = None, **more: Any
    ) -> Answer:
        """Replace what was set aside."""
        return reauthorize(**{"authorization_id": hold, "amount_minor": amount, **self._common(key), **more})

    def unlinked(
        self, amount: int = 1_000, key: str | None = None, currency: str = "EUR", **more: Any
    ) -> Answer:
        """Put value on the card, out of the merchant's own."""
        money = Money(amount, currency)
        return unlinked_refund(**{"code": self.code, "amount": money, **self._common(key), **more})

    def reverse(self, key: str, **more: Any) -> Reversal:
        """Undo what a key did."""
        return reverse(**{**self._common(key), **more})
