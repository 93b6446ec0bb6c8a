"""At the till: redeem, authorize, capture, void, and a look at the balance."""

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

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
    Effect,
    HoldFacts,
    No,
    ProgramFacts,
    RedemptionFacts,
    Verb,
)

Asking = Callable[[Random, Books], Command | None]
Locks = Callable[[Books, Command], Iterable[int]]
ZONE = ZoneInfo("Europe/Dublin")


def midnight(at: datetime) -> datetime:
    """When the merchant's day began."""
    return datetime.combine(at.astimezone(ZONE).date(), time.min, tzinfo=ZONE)


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
        amount = available
    check_day(books, card, amount, at)
    if amount > available:
        raise No("insufficient_funds")
    return card, amount


def commission_on(terms: ProgramFacts, amount: int) -> int:
    """The platform's share of an amount, half a unit up, and never more than the amount."""
    return min(amount, (2 * amount * terms.bps + 10_000) // 20_000 + terms.fixed)


def check_day(books: Books, card: int, amount: int, at: datetime) -> None:
    """Raise where this much more is beyond what a card may spend on a day: with what it took today, less
    what went back of it, and what is held now.
    """
    most = books.program(card).day
    if most is None:
        return
    taken = (redeemed for redeemed in books.taken_by[card] if not redeemed.reversed)
    today = sum(one.amount - one.refunded for one in taken if one.at and midnight(at) <= one.at <= at)
    if amount + books.held(card, at) + today > most:
        raise No("day_limit_exceeded")


def take(
    books: Books, card: int, amount: int, at: datetime, tip: int = 0, kind: str = "redeem"
) -> RedemptionFacts:
    """Value leaves a card for its merchant."""
    terms, merchant, total = books.program(card), books.cards[card].merchant, amount + tip
    commission = 0
    if terms.funding == "escrow":
        commission = commission_on(terms, total)
        books.move(f"card/{card}", f"{merchant}/pending", amount - min(commission, amount))
        books.move(f"card/{card}", f"commission/{books.currency(card)}", commission)
        books.move(f"card/{card}", f"{merchant}/pending", tip - max(commission - amount, 0))
    else:
        books.move(f"card/{card}", f"{merchant}/issued", amount)
        books.move(f"card/{card}", f"{merchant}/issued", tip)
    taken = RedemptionFacts(card, total, commission, tip, at)
    books.redemptions.append(taken)
    books.taken_by[card].append(taken)
    books.latest = Effect(kind, card, taken)
    books.tell(merchant, "redemption.made")
    return taken


def newest(books: Books) -> str:
    """The handle of the redemption that was just made."""
    return f"red:{len(books.redemptions) - 1}"


def done(books: Books, card: int, amount: int, at: datetime, *made: str) -> Answer:
    """The answer of something that took effect on a card."""
    return Answer("done", amount, books.balance(card), books.available(card, at), made)


def _redeem(books: Books, command: Command, at: datetime) -> Answer:
    sound(command.fields["amount_minor"])
    card, amount = fitting(books, command, at)
    take(books, card, amount, at)
    return done(books, card, amount, at, newest(books))


def _authorize(books: Books, command: Command, at: datetime) -> Answer:
    sound(command.fields["amount_minor"])
    lifetime = command.fields["expires_in_seconds"]
    if not 1 <= lifetime <= WEEK:
        raise No("lifetime_invalid")
    card, amount = fitting(books, command, at)
    return done(books, card, amount, at, place_hold(books, card, amount, at + timedelta(seconds=lifetime)))


def place_hold(books: Books, card: int, amount: int, until: datetime) -> str:
    """Value of a card is set aside; the handle of the authorization."""
    hold = HoldFacts(card, amount, until)
    books.latest = Effect("hold", card, hold)
    books.tell(books.cards[card].merchant, "authorization.placed")
    return books.set_aside(hold)


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
    amount, tip = command.fields["amount_minor"], command.fields["tip_minor"]
    amount = hold.left if amount is None else amount
    if command.fields["amount_minor"] is not None:
        sound(amount)
    if not 0 <= tip <= HIGHEST:
        raise No("amount_invalid")
    tips = sum(taken.tip for taken in hold.taken if not taken.reversed)
    if tip and tip + tips > hold.amount * 30 // 100:
        raise No("tip_exceeds_limit")
    if tip:
        check_day(books, hold.card, tip, at)
    check_live(hold, at)
    if amount > hold.left:
        raise No("capture_exceeds_hold")
    total = amount + tip
    freed = hold.left if command.fields["final"] else min(total, hold.left)
    if total > books.available(hold.card, at) + freed:
        raise No("insufficient_funds")
    is_last = command.fields["final"] or total >= hold.left
    hold.captured += min(total, hold.left)
    hold.state = "captured" if is_last else "live"
    hold.taken.append(take(books, hold.card, amount, at, tip, kind="capture"))
    return done(books, hold.card, total, at, newest(books))


def _void(books: Books, command: Command, at: datetime) -> Answer:
    hold = own_hold(books, command)
    check_live(hold, at)
    hold.state = "voided"
    books.latest = Effect("void", hold.card)
    books.tell(command.merchant, "authorization.voided")
    return done(books, hold.card, hold.left, at)


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
        fields["tip_minor"] = dice.choice([0, 0, 0, 0, 1, 10, 30, -1])
        fields["final"] = dice.random() < 0.7
    return Command(verb, merchant, fields, some_key(dice, books))


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


def keyed(name: str, weight: int, action: str, ask: Asking, step: Step, locks: Locks) -> Verb:
    """A verb with a key of the ledger, whose refusals are written down under `action`."""

    def judged(books: Books, command: Command, at: datetime) -> Answer:
        return books.judged(action, command, at, step)

    return Verb(name, weight, ask, judged, locks, batched=True)


VERBS = [
    keyed("redeem", 30, "redemption.made", partial(_spend, "redeem"), _redeem, card_of_code),
    keyed("authorize", 14, "authorization.placed", partial(_spend, "authorize"), _authorize, card_of_code),
    keyed("capture", 12, "redemption.made", partial(_of_hold, "capture"), _capture, card_of_hold),
    keyed("void", 6, "authorization.voided", partial(_of_hold, "void"), _void, card_of_hold),
    Verb("look", 3, _ask_look, _look),
]
