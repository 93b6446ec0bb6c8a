"""Selling: an order is placed, its payment heard, its cards loaded, and what is unspent given back."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from tests.laws.simulator.oracle.asking import UNKNOWN, known, some_amount, some_key, some_merchant, target
from tests.laws.simulator.oracle.books import Books
from tests.laws.simulator.oracle.facts import (
    Answer,
    CardFacts,
    Command,
    Effect,
    LineFacts,
    No,
    OrderFacts,
    Verb,
)
from tests.laws.simulator.oracle.life import end, make_card, refused, start
from tests.laws.simulator.oracle.undoing import carrier

LISTED = {5_000: 4_500, 2_500: 2_500}
RANGE = (1_000, 20_000)
VALUES = (1_000, 1_500, 2_500, 5_000, 5_000, 20_000, 999)


def _place(books: Books, command: Command, at: datetime) -> Answer:
    return books.once("order", command, at, _place_now)


def _place_now(books: Books, command: Command, at: datetime) -> Answer:
    values = command.fields["values"]
    for value in values:
        if value not in LISTED and not RANGE[0] <= value <= RANGE[1]:
            raise No("value_is_not_offered")
    order = OrderFacts(command.merchant, [])
    made = [f"order:{len(books.orders)}"]
    books.orders.append(order)
    books.tell(command.merchant, "order.placed")
    for value in values:
        card = make_card(books, command.merchant, 0, value, "pending")
        card.line = len(books.lines)
        books.lines.append(
            LineFacts(card.number, value, LISTED.get(value, value), books.program(card.number).fee)
        )
        order.lines.append(card.line)
        made += [f"line:{card.line}", f"pending:{card.number}"]
    return Answer("done", made=tuple(made))


def total(books: Books, order: OrderFacts) -> int:
    """What the buyer pays."""
    return sum(books.lines[line].price + books.lines[line].fee for line in order.lines)


def _pay(books: Books, command: Command, at: datetime) -> Answer:
    order = books.orders[command.fields["order"]]
    if order.status != "placed":
        return Answer("duplicate")
    order.status = "paid"
    currency = books.merchants[order.merchant].currency
    books.move(f"processor:sandbox/{currency}", f"unapplied/{currency}", total(books, order))
    books.tell(order.merchant, "payment.settled")
    return Answer("settled")


def _fulfil(books: Books, command: Command, at: datetime) -> Answer:
    order = books.orders[command.fields["order"]]
    if order.status == "placed":
        raise No("order_is_not_paid")
    cards = [books.lines[line].card for line in order.lines]
    made = tuple(f"card:{card}" for card in cards)
    if order.status == "paid":
        if any(books.cards[card].status == "closed" for card in cards):
            raise No("card_is_closed")
        order.status = "fulfilled"
        for line in order.lines:
            _load(books, books.lines[line], at)
        books.tell(order.merchant, "order.fulfilled")
    return Answer("done", made=made)


def _load(books: Books, line: LineFacts, at: datetime) -> None:
    card = books.cards[line.card]
    currency = books.currency(line.card)
    books.move(f"unapplied/{currency}", f"card/{line.card}", line.price)
    books.move(f"{card.merchant}/pending", f"card/{line.card}", line.value - line.price)
    books.move(f"unapplied/{currency}", f"fees/{currency}", line.fee)
    start(books, card, at)


def _refund(books: Books, command: Command, at: datetime) -> Answer:
    if not command.key:
        raise No("invalid_idempotency_key")
    return books.once("order_refund", command, at, _refund_now)


def _refund_now(books: Books, command: Command, at: datetime) -> Answer:
    place, asked = command.fields["order_card"], command.fields["amount_minor"]
    if not 0 <= place < len(books.lines):
        raise No("unknown_order_card")
    line = books.lines[place]
    if books.cards[line.card].merchant != command.merchant:
        raise No("unknown_order_card")
    card = carrier(books, line.card)
    _check_state(card, at)
    taken, discount = _split(books, line, card.number, asked, at)
    if ("ledger", command.merchant, command.key) in books.keys:
        raise No("idempotency_conflict")
    # The key is the cause in the ledger, too: no till may use it again.
    books.keys["ledger", command.merchant, command.key] = (command, Answer("done"))
    books.effects[command.merchant, command.key] = Effect("refund_order", card.number, at=at)
    line.discount_back += discount
    line.value_back += taken
    currency = books.currency(card.number)
    books.move(f"card/{card.number}", f"{card.merchant}/pending", discount)
    books.move(f"card/{card.number}", f"refunds_due/{currency}", taken - discount)
    books.let_go([card.number], at)
    books.tell(card.merchant, "order.card_refunded")
    books.tell(card.merchant, "payment.refund_due")
    if not books.balance(card.number):
        end(books, card, "refunded", at)
    return Answer("done", taken - discount)


def _check_state(card: CardFacts, at: datetime) -> None:
    if card.status != "active":
        raise No(f"card_is_{card.status}")
    if card.is_over(at):
        raise No("card_is_expired")


def _split(books: Books, line: LineFacts, card: int, asked: int | None, at: datetime) -> tuple[int, int]:
    """What leaves the card, and what of it is the merchant's discount: never more than the line put on it."""
    available = min(books.available(card, at), line.value - line.value_back)
    if asked is not None and asked < 1:
        raise No("amount_invalid")
    taken = available if asked is None else asked
    if taken > available:
        raise No("refund_exceeds_unspent")
    discount = min(line.value - line.price - line.discount_back, taken)
    if taken - discount < 1:
        raise No("nothing_to_refund")
    return taken, discount


def _ask_place(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    values = [dice.choice(VALUES) for _ in range(dice.choice([1, 1, 1, 2, 3]))]
    return Command("order.place", merchant, {"values": values}, some_key(dice, books) or "order-key")


def _of_order(verb: str, wanted: str) -> Callable[[Random, Books], Command | None]:
    def ask(dice: Random, books: Books) -> Command | None:
        merchant = some_merchant(dice, books)
        waiting = [
            order
            for order in books.known.get(("order", merchant), [])
            if books.orders[order].status == wanted
        ]
        order = (
            dice.choice(waiting) if waiting and dice.random() < 0.9 else known(dice, books, "order", merchant)
        )
        return None if order is None else Command(verb, merchant, {"order": order})

    return ask


def _ask_refund(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    amount = None if dice.random() < 0.6 else some_amount(dice)
    line = target(dice, books, "line", merchant) if dice.random() < 0.95 else UNKNOWN
    return Command(
        "order.refund", merchant, {"order_card": line, "amount_minor": amount}, some_key(dice, books)
    )


VERBS = [
    Verb("order.place", 4, _ask_place, refused(_place)),
    Verb("order.pay", 5, _of_order("order.pay", "placed"), _pay),
    Verb("order.fulfil", 5, _of_order("order.fulfil", "paid"), refused(_fulfil)),
    Verb("order.refund", 2, _ask_refund, refused(_refund)),
]
