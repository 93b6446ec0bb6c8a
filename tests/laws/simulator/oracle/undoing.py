"""Back at the till: refunds, authorizations replaced, and what a key did undone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from tests.laws.simulator.oracle.asking import some_amount, some_key, some_merchant, target
from tests.laws.simulator.oracle.books import Books
from tests.laws.simulator.oracle.facts import (
    WEEK,
    Answer,
    CardFacts,
    Command,
    Effect,
    HoldFacts,
    LoadFacts,
    No,
    RedemptionFacts,
    RefundFacts,
    Verb,
)
from tests.laws.simulator.oracle.life import end_of, make_card
from tests.laws.simulator.oracle.spending import (
    card_of_hold,
    check_day,
    check_live,
    check_spendable,
    done,
    keyed,
    own_hold,
    place_hold,
    sound,
)

DAY = timedelta(hours=24)


def own_redemption(books: Books, command: Command) -> RedemptionFacts:
    """The redemption that is named, if it is this merchant's."""
    place = command.fields["redemption"]
    if not 0 <= place < len(books.redemptions):
        raise No("redemption_not_found")
    taken = books.redemptions[place]
    if books.cards[taken.card].merchant != command.merchant:
        raise No("redemption_not_found")
    return taken


def carrier(books: Books, card: int) -> CardFacts:
    """The card that carries a card on: the last of its replacements, or itself."""
    while (later := books.cards[card].replaced_by) is not None:
        card = later
    return books.cards[card]


def _refund(books: Books, command: Command, at: datetime) -> Answer:
    taken = own_redemption(books, command)
    asked = command.fields["amount_minor"]
    if asked is not None:
        sound(asked)
    if taken.reversed:
        raise No("redemption_is_reversed")
    left = taken.amount - taken.refunded
    amount = left if asked is None else asked
    fits = 0 < amount <= left
    card = carrier(books, taken.card)
    is_gone = card.status == "closed" or (card.status == "active" and card.is_over(at))
    if is_gone and books.may_open and card.close_reason != "fraud":
        # A card is opened in its place, but only for what can be given back.
        if not fits:
            raise No("refund_exceeds_capture")
        card = _open_successor(books, card, amount, at)
    check_spendable(books, card.number, at)
    if not fits:
        raise No("refund_exceeds_capture")
    _give_back(books, taken, amount, card.number, at)
    made = () if card.number == taken.card else (f"card:{card.number}",)
    return done(books, card.number, amount, at, *made)


def _open_successor(books: Books, gone: CardFacts, face: int, at: datetime) -> CardFacts:
    """A card of its own beside one that can take nothing any more."""
    card = make_card(books, gone.merchant, gone.program, face, "active")
    days = books.program(gone.number).days
    if days is not None and gone.expires_at is not None:
        new_end = end_of(at, days)
        assert new_end
        card.expires_at = max(gone.expires_at, new_end)
    books.tell(gone.merchant, "card.activated")
    gone.replaced_by, card.is_sold = card.number, gone.is_sold
    return card


def _give_back(books: Books, taken: RedemptionFacts, amount: int, card: int, at: datetime) -> None:
    """Value of a redemption goes onto a card, with the commission that belongs to it."""
    merchant = books.cards[taken.card].merchant
    commission = taken.commission_due(amount)
    if books.program(taken.card).funding == "escrow":
        books.move(f"{merchant}/pending", f"card/{card}", amount - commission)
        books.move(f"commission/{books.currency(card)}", f"card/{card}", commission)
    else:
        books.move(f"{merchant}/issued", f"card/{card}", amount)
    refund = RefundFacts(amount, commission, at)
    taken.refunds.append(refund)
    books.latest = Effect("refund", card, refund)
    books.tell(merchant, "redemption.refunded")


def _reauthorize(books: Books, command: Command, at: datetime) -> Answer:
    hold = own_hold(books, command)
    check_live(hold, at)
    asked, lifetime = command.fields["amount_minor"], command.fields["expires_in_seconds"]
    amount = hold.left if asked is None else asked
    sound(amount)
    if not 1 <= lifetime <= WEEK:
        raise No("lifetime_invalid")
    check_spendable(books, hold.card, at)
    hold.state = "voided"
    try:
        check_day(books, hold.card, amount, at)
    finally:
        hold.state = "live"
    if amount > books.available(hold.card, at) + hold.left:
        raise No("insufficient_funds")
    hold.state = "voided"
    books.tell(command.merchant, "authorization.voided")
    handle = place_hold(books, hold.card, amount, at + timedelta(seconds=lifetime))
    return done(books, hold.card, amount, at, handle)


_EVENTS = {
    "redeem": "redemption.reversed",
    "capture": "redemption.reversed",
    "refund": "refund.reversed",
    "unlinked_refund": "refund.reversed",
    "hold": "authorization.voided",
    "load": "load.reversed",
}


def _reverse(books: Books, command: Command, at: datetime) -> Answer:
    place = (command.merchant, command.fields["key"])
    if not 1 <= len(place[1]) <= 255:
        books.refused[command.merchant, "request.prevented", "key_invalid"] += 1
        return Answer("key_invalid")
    if place in books.buried:
        return Answer("replayed")
    if ("ledger", *place) not in books.keys:
        if place in books.elsewhere:
            books.refused[command.merchant, "request.prevented", "not_reversible"] += 1
            return Answer("not_reversible")
        books.buried.add(place)
        books.tell(command.merchant, "request.prevented")
        return Answer("done")
    effect = books.effects[place]
    if effect.undone is not None:
        return replace(effect.undone, outcome="replayed")
    event = _EVENTS.get(effect.kind, "load.reversed")
    try:
        _check_reversible(books, effect, at)
        amount = _undo(books, effect, at)
    except No as refusal:
        books.refused[command.merchant, event, refusal.code] += 1
        return Answer(refusal.code)
    books.tell(command.merchant, event)
    effect.undone = done(books, effect.card, amount, at)
    return effect.undone


def _check_reversible(books: Books, effect: Effect, at: datetime) -> None:
    assert effect.at
    if effect.kind not in _EVENTS:
        raise No("not_reversible")
    if effect.at < at - DAY:
        raise No("too_late_to_reverse")
    if isinstance(effect.made, RedemptionFacts) and effect.made.refunded:
        raise No("already_refunded")
    if effect.kind != "hold" and books.cards[effect.card].status == "closed":
        raise No("card_is_closed")


def _undo(books: Books, effect: Effect, at: datetime) -> int:
    """Mirror what was done; what went back, or was let go."""
    if isinstance(effect.made, HoldFacts):
        check_live(effect.made, at)
        effect.made.state = "voided"
        return effect.made.left
    assert effect.made
    if isinstance(effect.made, RefundFacts | LoadFacts) and effect.made.amount > books.available(
        effect.card, at
    ):
        raise No("insufficient_funds")
    for debit, credit, amount in effect.legs:
        books.move(credit, debit, amount)
    effect.made.reversed = True
    return effect.made.amount


def _ask_refund(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    amount = None if dice.random() < 0.3 else some_amount(dice)
    fields = {"redemption": target(dice, books, "red", merchant), "amount_minor": amount}
    return Command("refund", merchant, fields, some_key(dice, books))


def _ask_reauthorize(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    fields = {
        "authorization": target(dice, books, "hold", merchant),
        "amount_minor": None if dice.random() < 0.4 else some_amount(dice),
        "expires_in_seconds": dice.choice([1, 60, 600, 3_600, WEEK, 0, WEEK + 1]),
    }
    return Command("reauthorize", merchant, fields, some_key(dice, books))


def _ask_reverse(dice: Random, books: Books) -> Command | None:
    """Mostly a key that did something lately; sometimes one that nobody has sent yet."""
    merchant = some_merchant(dice, books)
    if dice.random() < 0.25:
        return Command("reverse", merchant, {"key": some_key(dice, books)})
    used = [key for owner, key in books.effects if owner == merchant][-60:]
    return Command("reverse", merchant, {"key": dice.choice(used)}) if used else None


def _cards_of_redemption(books: Books, command: Command) -> Iterable[int]:
    """The card of the redemption that is named, and the one that carries it on."""
    place = command.fields["redemption"]
    if 0 <= place < len(books.redemptions):
        card = books.redemptions[place].card
        if books.cards[card].merchant == command.merchant:
            yield card
            yield carrier(books, card).number


def _card_of_key(books: Books, command: Command) -> Iterable[int]:
    effect = books.effects.get((command.merchant, command.fields["key"]))
    if effect is not None and effect.kind != "void":
        yield effect.card


VERBS = [
    keyed("refund", 10, "redemption.refunded", _ask_refund, _refund, _cards_of_redemption),
    replace(
        keyed("reauthorize", 3, "authorization.placed", _ask_reauthorize, _reauthorize, card_of_hold),
        batched=False,
    ),
    Verb("reverse", 6, _ask_reverse, _reverse, _card_of_key),
]
