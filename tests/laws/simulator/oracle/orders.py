"""Selling: an order is placed, its payment heard, its cards loaded, and what is unspent given back."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from tests.laws.simulator.oracle.asking import (
    UNKNOWN,
    known,
    some_amount,
    some_currency,
    some_key,
    some_merchant,
    target,
)
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
from tests.laws.simulator.oracle.life import end, end_of, make_card, mine, refused, start
from tests.laws.simulator.oracle.moving import check_load, lengthen
from tests.laws.simulator.oracle.spending import commission_on
from tests.laws.simulator.oracle.undoing import carrier

LISTED = {5_000: 4_500, 2_500: 2_500}
RANGE = (1_000, 20_000)
SOLD = (0, 2)
VALUES = (1_000, 1_500, 2_500, 5_000, 5_000, 20_000, 999)


def _place(books: Books, command: Command, at: datetime) -> Answer:
    return books.once("order", command, at, _place_now)


def _place_now(books: Books, command: Command, at: datetime) -> Answer:
    for _, value in command.fields["lines"]:
        if value not in LISTED and not RANGE[0] <= value <= RANGE[1]:
            raise No("value_is_not_offered")
    order = OrderFacts(command.merchant, [])
    made = [f"order:{len(books.orders)}"]
    books.orders.append(order)
    books.tell(command.merchant, "order.placed")
    for program, value in command.fields["lines"]:
        card = make_card(books, command.merchant, program, value, "pending")
        card.line, card.is_sold = len(books.lines), True
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
    cards = [books.lines[line].card for line in order.lines if not books.lines[line].is_load]
    made = tuple(f"card:{card}" for card in cards)
    if order.status == "paid":
        if any(books.cards[card].status == "closed" for card in cards):
            raise No("card_is_closed")
        order.status = "fulfilled"
        try:
            for line in order.lines:
                _load(books, books.lines[line], at)
        except No:
            _give_back(books, order)
            return Answer("done")
        books.tell(order.merchant, "order.fulfilled")
    return Answer("done", made=made)


def _load(books: Books, line: LineFacts, at: datetime) -> None:
    card, terms = (
        carrier(books, line.card) if line.is_load else books.cards[line.card],
        books.program(line.card),
    )
    if line.is_load:
        _check_loadable(books, card, line.value, at)
    currency = books.currency(line.card)
    if terms.funding == "escrow":
        books.move(f"unapplied/{currency}", f"card/{card.number}", line.price)
        books.move(f"{card.merchant}/pending", f"card/{card.number}", line.value - line.price)
    else:
        line.commission = commission_on(terms, line.price)
        books.move(f"unapplied/{currency}", f"{card.merchant}/pending", line.price - line.commission)
        books.move(f"unapplied/{currency}", f"commission/{currency}", line.commission)
        books.move(f"{card.merchant}/issued", f"card/{card.number}", line.value)
    books.move(f"unapplied/{currency}", f"fees/{currency}", line.fee)
    if line.is_load:
        lengthen(card, end_of(at, terms.days))
        books.tell(card.merchant, "card.loaded")
    else:
        start(books, card, at)


def _check_loadable(books: Books, card: CardFacts, value: int, at: datetime) -> None:
    """A freeze stops spending, and not what was paid."""
    if card.status != "frozen":
        _check_state(card, at)
    elif card.is_over(at):
        raise No("card_is_expired")
    check_load(books, card, value)
    books.let_go([card.number], at)


def _give_back(books: Books, order: OrderFacts) -> None:
    """The card can take it no more: the buyer's money goes back whole."""
    order.status = "returned"
    currency = books.merchants[order.merchant].currency
    books.move(f"unapplied/{currency}", f"refunds_due/{currency}", total(books, order))
    for event in ("order.returned", "payment.returned", "payment.refund_due"):
        books.tell(order.merchant, event)


def _top_up(books: Books, command: Command, at: datetime) -> Answer:
    return books.once("top_up", command, at, _top_up_now)


def _top_up_now(books: Books, command: Command, at: datetime) -> Answer:
    card = mine(books, command)
    _check_state(card, at)
    if books.program(card.number).funding == "promo":
        raise No("funding_is_not_sold")
    value, currency = command.fields["value"]
    if currency != books.currency(card.number):
        raise No("currency_mismatch")
    check_load(books, card, value)
    line = len(books.lines)
    books.lines.append(LineFacts(card.number, value, value, books.program(card.number).fee, is_load=True))
    books.orders.append(OrderFacts(command.merchant, [line]))
    books.tell(command.merchant, "order.placed")
    return Answer("done", made=(f"order:{len(books.orders) - 1}", f"line:{line}"))


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
    if next(order for order in books.orders if place in order.lines).status != "fulfilled":
        raise No("order_is_not_fulfilled")
    taken, discount = _split(books, line, card.number, asked, at)
    if ("ledger", command.merchant, command.key) in books.keys:
        raise No("idempotency_conflict")
    # The key is the cause in the ledger, too: no till may use it again.
    books.keys["ledger", command.merchant, command.key] = (command, Answer("done"))
    books.effects[command.merchant, command.key] = Effect("refund_order", card.number, at=at)
    _take_off(books, card, line, taken, discount)
    books.let_go([card.number], at)
    books.tell(card.merchant, "order.card_refunded")
    books.tell(card.merchant, "payment.refund_due")
    if not line.is_load and not books.balance(card.number):
        end(books, card, "refunded", at)
    return Answer("done", taken - discount)


def _take_off(books: Books, card: CardFacts, line: LineFacts, taken: int, discount: int) -> None:
    currency, money = books.currency(card.number), taken - discount
    if books.program(card.number).funding == "escrow":
        books.move(f"card/{card.number}", f"{card.merchant}/pending", discount)
        books.move(f"card/{card.number}", f"refunds_due/{currency}", money)
    else:
        # The platform gives back its share of what goes back, to the nearest unit, the last one exactly.
        before, after = (
            (2 * line.commission * back + line.price) // (2 * line.price)
            for back in (line.money_back, line.money_back + money)
        )
        books.move(f"card/{card.number}", f"{card.merchant}/issued", taken)
        books.move(f"{card.merchant}/pending", f"refunds_due/{currency}", money - (after - before))
        books.move(f"commission/{currency}", f"refunds_due/{currency}", after - before)
    line.discount_back += discount
    line.value_back += taken
    line.money_back += money


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
    lines = [(dice.choice(SOLD), dice.choice(VALUES)) for _ in range(dice.choice([1, 1, 1, 2, 3]))]
    return Command("order.place", merchant, {"lines": lines}, some_key(dice, books) or "order-key")


def _ask_top_up(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    value = dice.choice([500, 2_500, 20_000, 100_001])
    fields = {
        "card": target(dice, books, "card", merchant),
        "value": (value, some_currency(dice, books, merchant)),
    }
    return Command("order.top_up", merchant, fields, some_key(dice, books) or "order-key")


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
    Verb("order.top_up", 3, _ask_top_up, refused(_top_up, "card.loaded")),
    Verb("order.pay", 5, _of_order("order.pay", "placed"), _pay),
    Verb("order.fulfil", 5, _of_order("order.fulfil", "paid"), refused(_fulfil)),
    Verb("order.refund", 2, _ask_refund, refused(_refund)),
]
