"""One card of the person who is signed in, with what its merchant's books say of it."""

from dataclasses import dataclass
from uuid import UUID

from giftwell.domain.cards.locking import CardNotFound
from giftwell.domain.cards.models import Card, CardFreeze, CloseReason, FreezeReason, Status
from giftwell.domain.cards.moving import is_over
from giftwell.domain.cards.queries import balance_of, shown_state, with_balance
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.pages import PageRequest
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.common.themes import HOUSE, theme_url
from giftwell.kit.clock import now
from giftwell.kit.ids import parse_id
from giftwell.kit.money import Money

GONE_ON = (CloseReason.REPLACED, CloseReason.MERGED, CloseReason.SPLIT)


@dataclass(frozen=True, slots=True)
class Held:
    """A card in somebody's wallet. `frozen_by` are the reasons that hold it."""

    card: Card
    balance: Money
    held: Money
    state: str
    frozen_by: frozenset[str]

    @property
    def available(self) -> Money:
        """What can be spent, moved or divided now."""
        return self.balance - self.held

    @property
    def is_open(self) -> bool:
        """Whether value can go onto it and off it: active and in validity."""
        return self.card.status == Status.ACTIVE and not is_over(self.card, now())

    @property
    def can_be_loaded(self) -> bool:
        """Whether somebody can pay for more on it."""
        return self.is_open and self.card.program.is_sold

    @property
    def can_move(self) -> bool:
        """Whether there is something that could go elsewhere."""
        return self.is_open and self.available.amount_minor > 0

    @property
    def can_be_lost(self) -> bool:
        """Whether a lost card can be carried on: nothing but its holder's own freeze stops it."""
        is_mine = self.card.status == Status.ACTIVE or self.is_frozen_by_holder_only
        return is_mine and not is_over(self.card, now()) and self.balance.amount_minor > 0

    @property
    def is_frozen(self) -> bool:
        """Whether somebody has stopped it for now."""
        return self.card.status == Status.FROZEN

    @property
    def is_frozen_by_holder(self) -> bool:
        """Whether its holder has a freeze to take back."""
        return FreezeReason.HOLDER in self.frozen_by

    @property
    def is_frozen_by_holder_only(self) -> bool:
        """Whether it is spent again as soon as its holder says so."""
        return self.frozen_by == {FreezeReason.HOLDER}

    @property
    def has_code(self) -> bool:
        """Whether there is a code to show at a till."""
        return self.card.has_code and self.card.status != Status.CLOSED

    @property
    def has_gone_on(self) -> bool:
        """Whether it ended because its value went to other cards."""
        return self.card.close_reason in GONE_ON

    @property
    def pattern(self) -> str:
        """The pattern on its face."""
        return self.card.design.pattern if self.card.design else "guilloche"

    @property
    def theme(self) -> str:
        """The class of its colours."""
        return self.card.design.theme if self.card.design else HOUSE

    @property
    def theme_href(self) -> str:
        """The stylesheet of its shop's colours."""
        return theme_url(self.card.merchant.slug)

    @property
    def balance_text(self) -> str:
        """What is on it, as the card shows it."""
        return money_text(self.balance)


def held_card(request: PageRequest, card_id: str) -> Held:
    """The card of the address, if this person keeps it. Raises `CardNotFound` for anybody else's."""
    with reading():
        mine = Card.objects.filter(pk=parse_id(Card.PREFIX, card_id), holder_id=request.user.pk).first()
    if mine is None:
        raise CardNotFound
    with scope.merchant(mine.merchant_id), reading():
        found = with_balance(Card.objects.filter(merchant_id=mine.merchant_id, pk=mine.pk))
        card = found.select_related("program", "design", "merchant").get()
        standing = CardFreeze.objects.filter(merchant_id=card.merchant_id, card=card, cleared_at=None)
        frozen_by = frozenset(standing.values_list("reason", flat=True))
    balance = balance_of(card)
    return Held(
        card=card,
        balance=balance,
        held=Money(card.held_minor, card.currency),  # type: ignore[attr-defined]  # annotated
        state=shown_state(card, balance.amount_minor, now()),
        frozen_by=frozen_by,
    )


def others_of(person_id: UUID, beside: Card) -> list[Card]:
    """This person's other cards that value of `beside` could go to, with balances, newest first."""
    with scope.merchant(beside.merchant_id), reading():
        mine = Card.objects.filter(
            merchant_id=beside.merchant_id,
            holder_id=person_id,
            status=Status.ACTIVE,
            currency=beside.currency,
            program__funding=beside.program.funding,
        )
        found = list(with_balance(mine.exclude(pk=beside.pk)).order_by("-issued_at", "-id")[:50])
    return [card for card in found if not is_over(card, now())]
