"""Value that is put right by hand: corrections, which take two persons above a limit, and refunds of nothing
that was redeemed.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from tests.laws.simulator.oracle.asking import some_amount, some_currency, some_key, some_merchant, target
from tests.laws.simulator.oracle.books import Books
from tests.laws.simulator.oracle.facts import (
    HIGHEST,
    AdjustmentFacts,
    Answer,
    CardFacts,
    Command,
    Effect,
    No,
    RefundFacts,
    Verb,
)
from tests.laws.simulator.oracle.life import mine, refused
from tests.laws.simulator.oracle.moving import check_room
from tests.laws.simulator.oracle.spending import done, keyed, midnight, sound

PERSONS = 3
TIMES_A_DAY = 10
ALONE = 5_000
WAITS = timedelta(days=7)


def person_of(key: str) -> int:
    """Who asks, by the key, so that a repeated request is the same person's."""
    return sum(key.encode()) % PERSONS


def _named_card(books: Books, command: Command) -> CardFacts:
    """The card by its code or its id; one that waits for its payment is shown to nobody."""
    field = "code" if command.fields["code"] is not None else "card"
    number = command.fields[field]
    if not 0 <= number < len(books.cards) or books.cards[number].merchant != command.merchant:
        raise No("card_not_found")
    if books.cards[number].status == "pending":
        raise No("card_not_found")
    return books.cards[number]


def _unlinked(books: Books, command: Command, at: datetime) -> Answer:
    amount = command.fields["amount_minor"]
    sound(amount)
    card = _named_card(books, command)
    if card.status != "active":
        raise No(f"card_is_{card.status}")
    if card.is_over(at):
        raise No("card_is_expired")
    if command.fields["currency"] != books.currency(card.number):
        raise No("wrong_currency")
    terms = books.program(card.number)
    if amount > terms.highest:
        raise No("refund_exceeds_limit")
    check_room(books, card, amount)
    given = books.unlinked.setdefault(card.merchant, [])
    today = sum(one.amount for one in given if not one.reversed and one.at and one.at >= midnight(at))
    if amount + today > terms.highest * TIMES_A_DAY:
        raise No("refund_exceeds_daily_limit")
    payer = "pending" if terms.funding == "escrow" else "issued"
    books.move(f"{card.merchant}/{payer}", f"card/{card.number}", amount)
    refund = RefundFacts(amount, at=at)
    given.append(refund)
    books.latest = Effect("unlinked_refund", card.number, refund)
    books.tell(card.merchant, "card.refunded")
    return done(books, card.number, amount, at)


def _adjust(books: Books, command: Command, at: datetime) -> Answer:
    if not command.key:
        raise No("invalid_idempotency_key")
    return books.once("adjust", command, at, _adjust_now)


def _adjustable(books: Books, card: CardFacts, at: datetime) -> CardFacts:
    if card.status in {"pending", "closed"}:
        raise No(f"card_is_{card.status}")
    if card.is_over(at):
        raise No("card_is_expired")
    return card


def _adjust_now(books: Books, command: Command, at: datetime) -> Answer:
    card = _adjustable(books, mine(books, command), at)
    change, source = command.fields["change_minor"], command.fields["source"]
    is_escrow = books.program(card.number).funding == "escrow"
    if change == 0 or abs(change) > HIGHEST:
        raise No("amount_invalid")
    if command.fields["currency"] != books.currency(card.number):
        raise No("wrong_currency")
    if source == "goodwill" and change < 0:
        raise No("amount_invalid")
    if source == "goodwill" and not is_escrow:
        raise No("goodwill_needs_escrow")
    by = person_of(command.key)
    alone = sum(
        abs(one.change) for one in books.adjustments
        if one.by == by and one.lapses_at is None and one.at >= midnight(at)
        and books.cards[one.card].merchant == card.merchant
    )  # fmt: skip
    takes_two = source == "goodwill" or (is_escrow and change < 0) or alone + abs(change) > ALONE
    asked = AdjustmentFacts(card.number, change, source, by, at, "applied", at + WAITS if takes_two else None)
    books.let_go([card.number], at)
    if takes_two:
        asked.state = "requested"
        books.tell(card.merchant, "card.adjustment_requested")
    else:
        _apply(books, asked, at)
    books.adjustments.append(asked)
    return Answer("done", made=(f"adj:{len(books.adjustments) - 1}",))


def _apply(books: Books, asked: AdjustmentFacts, at: datetime) -> None:
    card, change = books.cards[asked.card], asked.change
    if change > 0:
        check_room(books, card, change)
    other = f"{card.merchant}/issued"
    if asked.source == "goodwill":
        other = f"goodwill/{books.currency(card.number)}"
    elif books.program(card.number).funding == "escrow":
        other = f"{card.merchant}/payable"
        if change > books.accounts[other]:
            raise No("payable_does_not_cover")
    if -change > books.available(card.number, at):
        raise No("insufficient_funds")
    if change > 0:
        books.move(other, f"card/{card.number}", change)
    else:
        books.move(f"card/{card.number}", other, -change)
    books.tell(card.merchant, "card.adjusted")


def _found(books: Books, command: Command) -> AdjustmentFacts:
    number = command.fields["adjustment"]
    if not 0 <= number < len(books.adjustments):
        raise No("unknown_adjustment")
    asked = books.adjustments[number]
    is_mine = books.cards[asked.card].merchant == command.merchant
    if not is_mine or asked.source != command.fields["source"]:
        raise No("unknown_adjustment")
    return asked


def _approve(books: Books, command: Command, at: datetime) -> Answer:
    asked, by = _found(books, command), command.fields["by"]
    if asked.by == by:
        raise No("own_adjustment")
    if asked.state == "applied" and asked.decided_by == by:
        return Answer("done")
    if asked.state == "requested" and asked.lapses_at and asked.lapses_at <= at:
        raise No("adjustment_has_lapsed")
    if asked.state != "requested":
        raise No("adjustment_is_decided")
    card = _adjustable(books, books.cards[asked.card], at)
    _apply(books, asked, at)
    books.let_go([card.number], at)
    asked.state, asked.decided_by = "applied", by
    books.tell(card.merchant, "card.adjustment_approved")
    return Answer("done")


def _decline(books: Books, command: Command, _at: datetime) -> Answer:
    asked = _found(books, command)
    if asked.state == "applied":
        raise No("adjustment_is_decided")
    if asked.state == "requested":
        asked.state, asked.decided_by = "declined", command.fields["by"]
        books.tell(command.merchant, "card.adjustment_declined")
    return Answer("done")


def _ask_unlinked(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    card = target(dice, books, "card", merchant)
    by_code = dice.random() < 0.5
    fields = {
        "code": card if by_code else None,
        "card": None if by_code else card,
        "amount_minor": dice.choice([20_001, 9_000]) if dice.random() < 0.1 else some_amount(dice),
        "currency": some_currency(dice, books, merchant),
    }
    return Command("unlinked_refund", merchant, fields, some_key(dice, books))


def _ask_adjust(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    fields = {
        "card": target(dice, books, "card", merchant),
        "change_minor": some_amount(dice) * dice.choice([-1, 1, 1]),
        "currency": some_currency(dice, books, merchant),
        "source": "goodwill" if dice.random() < 0.2 else "merchant",
    }
    return Command("adjust", merchant, fields, some_key(dice, books))


def _of_adjustment(verb: str) -> Callable[[Random, Books], Command | None]:
    def ask(dice: Random, books: Books) -> Command | None:
        merchant = some_merchant(dice, books)
        heard = books.known.get(("adj", merchant), [])
        waiting = [number for number in heard if books.adjustments[number].state == "requested"]
        if waiting and dice.random() < 0.8:
            number = dice.choice(waiting)
        else:
            number = target(dice, books, "adj", merchant)
        sources = ["merchant", "goodwill"]
        if number >= 0 and dice.random() < 0.9:
            sources = [books.adjustments[number].source]
        fields = {"adjustment": number, "source": dice.choice(sources), "by": dice.randrange(PERSONS)}
        return Command(verb, merchant, fields)

    return ask


def _card_named(books: Books, command: Command) -> Iterable[int]:
    card = command.fields["code"] if command.fields["code"] is not None else command.fields["card"]
    if 0 <= card < len(books.cards) and books.cards[card].merchant == command.merchant:
        yield card


VERBS = [
    replace(
        keyed("unlinked_refund", 3, "card.refunded", _ask_unlinked, _unlinked, _card_named), batched=False
    ),
    Verb("adjust", 4, _ask_adjust, refused(_adjust, "card.adjusted")),
    Verb("approve", 3, _of_adjustment("approve"), refused(_approve, "card.adjustment_approved")),
    Verb("decline", 1, _of_adjustment("decline"), refused(_decline, "card.adjustment_declined")),
]
