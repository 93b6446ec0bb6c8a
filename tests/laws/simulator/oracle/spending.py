"""At the till: redeem, authorize, capture, void, refund, and a look at the balance."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from random import Random

from tests.laws.simulator.oracle.asking import (
    some_amount,
    some_currency,
    some_key,
    some_merchant,
    target,
)
from tests.laws.simulator.oracle.books import Books, Step
from tests.laws.simulator.oracle.facts import (
    HIGHEST,
    WEEK,
    Answer,
    Command,
    HoldFacts,
    No,
    RedemptionFacts,
    Verb,
)

Asking = Callable[[Random, Books], Command | None]
Locks = Callable[[Books, Command], Iterable[int]]


def sound(amount: int | None) -> None:
    """An amount is above zero and below what money can be."""
    if amount is None or not 1 <= amount <= HIGHEST:
        raise No("amount_invalid")


def own_card(books: Books, command: Command) -> int:
    """The card whose code was shown, if it is this merchant's and has one."""
    card = command.fields["code"]
    if not 0 <= card < len(books.cards) or books.cards[card].merchant != command.merchant:
        raise No("card_not_found")
    return int(card)


def check_spendable(books: Books, card: int, at: datetime) -> None:
    """Raise where a card's state forbids spending it."""
    facts = books.cards[card]
    if facts.status == "closed":
        raise No("card_is_closed")
    if facts.status == "frozen":
        raise No("card_is_frozen")
    if facts.status != "active":
        raise No("card_not_found")
    if facts.is_over(at):
        raise No("card_is_expired")


def fitting(books: Books, command: Command, at: datetime) -> tuple[int, int]:
    """The card, and the amount it can be charged with."""
    card = own_card(books, command)
    check_spendable(books, card, at)
    if command.fields["currency"] != books.currency(card):
        raise No("wrong_currency")
    amount, available = command.fields["amount_minor"], books.available(card, at)
    if command.fields["allow_partial"] and 0 < available < amount:
        return card, available
    if amount > available:
        raise No("insufficient_funds")
    return card, amount


def take(books: Books, card: int, amount: int) -> str:
    """Value leaves a card for its merchant; the handle of the redemption."""
    terms, merchant = books.program(card), books.cards[card].merchant
    commission = 0
    if terms.funding == "escrow":
        commission = min(amount, (2 * amount * terms.bps + 10_000) // 20_000 + terms.fixed)
        books.move(f"card/{card}", f"{merchant}/pending", amount - commission)
        books.move(f"card/{card}", f"commission/{books.currency(card)}", commission)
    else:
        books.move(f"card/{card}", f"{merchant}/issued", amount)
    books.redemptions.append(RedemptionFacts(card, amount, commission))
    books.tell(merchant, "redemption.made")
    return f"red:{len(books.redemptions) - 1}"


def done(books: Books, card: int, amount: int, at: datetime, *made: str) -> Answer:
    """The answer of something that took effect on a card."""
    return Answer("done", amount, books.balance(card), books.available(card, at), made)


def _redeem(books: Books, command: Command, at: datetime) -> Answer:
    sound(command.fields["amount_minor"])
    card, amount = fitting(books, command, at)
    return done(books, card, amount, at, take(books, card, amount))


def _authorize(books: Books, command: Command, at: datetime) -> Answer:
    sound(command.fields["amount_minor"])
    lifetime = command.fields["expires_in_seconds"]
    if not 1 <= lifetime <= WEEK:
        raise No("lifetime_invalid")
    card, amount = fitting(books, command, at)
    handle = books.set_aside(HoldFacts(card, amount, at + timedelta(seconds=lifetime)))
    books.tell(command.merchant, "authorization.placed")
    return done(books, card, amount, at, handle)


def own_hold(books: Books, command: Command) -> HoldFacts:
    """The authorization that is named, if it is this merchant's."""
    place = command.fields["authorization"]
    if not 0 <= place < len(books.holds):
        raise No("authorization_not_found")
    hold = books.holds[place]
    if books.cards[hold.card].merchant != command.merchant:
        raise No("authorization_not_found")
    return hold


def check_live(hold: HoldFacts, at: datetime) -> None:
    """Raise where an authorization is over."""
    if hold.state != "live" or hold.expires_at <= at:
        raise No("authorization_not_live")


def _capture(books: Books, command: Command, at: datetime) -> Answer:
    hold = own_hold(books, command)
    amount = command.fields["amount_minor"]
    amount = hold.amount if amount is None else amount
    sound(amount)
    check_live(hold, at)
    if amount > hold.amount:
        raise No("capture_exceeds_hold")
    hold.state = "captured"
    return done(books, hold.card, amount, at, take(books, hold.card, amount))


def _void(books: Books, command: Command, at: datetime) -> Answer:
    hold = own_hold(books, command)
    check_live(hold, at)
    hold.state = "voided"
    books.tell(command.merchant, "authorization.voided")
    return done(books, hold.card, hold.amount, at)


def own_redemption(books: Books, command: Command) -> RedemptionFacts:
    """The redemption that is named, if it is this merchant's."""
    place = command.fields["redemption"]
    if not 0 <= place < len(books.redemptions):
        raise No("redemption_not_found")
    taken = books.redemptions[place]
    if books.cards[taken.card].merchant != command.merchant:
        raise No("redemption_not_found")
    return taken


def give_back(books: Books, taken: RedemptionFacts, amount: int, card: int) -> None:
    """Value of a redemption goes onto a card, with the commission that belongs to it."""
    merchant = books.cards[taken.card].merchant
    commission = taken.commission_of(taken.refunded + amount) - taken.commission_of(taken.refunded)
    taken.refunded += amount
    if books.program(taken.card).funding == "escrow":
        books.move(f"{merchant}/pending", f"card/{card}", amount - commission)
        books.move(f"commission/{books.currency(card)}", f"card/{card}", commission)
    else:
        books.move(f"{merchant}/issued", f"card/{card}", amount)
    books.tell(merchant, "redemption.refunded")


def _refund(books: Books, command: Command, at: datetime) -> Answer:
    taken = own_redemption(books, command)
    if command.fields["amount_minor"] is not None:
        sound(command.fields["amount_minor"])
    check_spendable(books, taken.card, at)
    left = taken.amount - taken.refunded
    amount = left if command.fields["amount_minor"] is None else command.fields["amount_minor"]
    if amount == 0 or amount > left:
        raise No("refund_exceeds_capture")
    give_back(books, taken, amount, taken.card)
    return done(books, taken.card, amount, at)


def _look(books: Books, command: Command, at: datetime) -> Answer:
    try:
        card = own_card(books, command)
    except No as refusal:
        return Answer(refusal.code)
    return Answer(books.cards[card].status, None, books.balance(card), books.available(card, at))


def _spend(verb: str, dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    fields = {
        "code": target(dice, books, "card", merchant),
        "amount_minor": some_amount(dice),
        "currency": some_currency(dice, books, merchant),
        "allow_partial": dice.random() < 0.25,
    }
    if verb == "authorize":
        fields["expires_in_seconds"] = dice.choice([1, 60, 600, 3_600, 86_400, WEEK, 0, WEEK + 1])
    return Command(verb, merchant, fields, some_key(dice, books))


def _of_hold(verb: str, dice: Random, books: Books) -> Command | None:
    merchant = some_merchant(dice, books)
    fields: dict[str, int | None] = {"authorization": target(dice, books, "hold", merchant)}
    if verb == "capture":
        fields["amount_minor"] = None if dice.random() < 0.5 else some_amount(dice)
    return Command(verb, merchant, fields, some_key(dice, books))


def _ask_refund(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    amount = None if dice.random() < 0.3 else some_amount(dice)
    fields = {"redemption": target(dice, books, "red", merchant), "amount_minor": amount}
    return Command("refund", merchant, fields, some_key(dice, books))


def _ask_look(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    return Command("look", merchant, {"code": target(dice, books, "card", merchant)})


def card_of_code(books: Books, command: Command) -> Iterable[int]:
    """The card whose code is shown, whatever its state."""
    card = command.fields["code"]
    if 0 <= card < len(books.cards) and books.cards[card].merchant == command.merchant:
        yield card


def card_of_hold(books: Books, command: Command) -> Iterable[int]:
    """The card of the authorization that is named."""
    place = command.fields["authorization"]
    if 0 <= place < len(books.holds) and books.cards[books.holds[place].card].merchant == command.merchant:
        yield books.holds[place].card


def card_of_redemption(books: Books, command: Command) -> Iterable[int]:
    """The card of the redemption that is named."""
    place = command.fields["redemption"]
    if 0 <= place < len(books.redemptions):
        card = books.redemptions[place].card
        if books.cards[card].merchant == command.merchant:
            yield card


def _verb(name: str, weight: int, action: str, ask: Asking, step: Step, locks: Locks) -> Verb:
    """A verb with a key of the ledger, whose refusals are written down under `action`."""

    def judged(books: Books, command: Command, at: datetime) -> Answer:
        return books.judged(action, command, at, step)

    return Verb(name, weight, ask, judged, locks, batched=True)


VERBS = [
    _verb("redeem", 30, "redemption.made", partial(_spend, "redeem"), _redeem, card_of_code),
    _verb("authorize", 14, "authorization.placed", partial(_spend, "authorize"), _authorize, card_of_code),
    _verb("capture", 12, "redemption.made", partial(_of_hold, "capture"), _capture, card_of_hold),
    _verb("void", 6, "authorization.voided", partial(_of_hold, "void"), _void, card_of_hold),
    _verb("refund", 10, "redemption.refunded", _ask_refund, _refund, card_of_redemption),
    Verb("look", 3, _ask_look, _look),
]
