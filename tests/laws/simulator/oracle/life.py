"""A card's life: issued, frozen, thawed, closed."""

from datetime import datetime, time, timedelta
from random import Random

from tests.laws.simulator.oracle.asking import some_key, some_merchant, target
from tests.laws.simulator.oracle.books import Books, Step
from tests.laws.simulator.oracle.facts import Answer, CardFacts, Command, No, Verb
from tests.laws.simulator.oracle.spending import ZONE, commission_on

LOWEST = 1
REASONS = ("holder", "merchant", "risk", "dispute")


def end_of(at: datetime, days: int | None) -> datetime | None:
    """The last instant of the day that many days later, where the merchant is."""
    if days is None:
        return None
    day = at.astimezone(ZONE).date() + timedelta(days=days)
    return datetime.combine(day, time.max, tzinfo=ZONE)


def make_card(books: Books, merchant: int, program: int, face: int, status: str) -> CardFacts:
    """A card comes to be."""
    card = CardFacts(len(books.cards), merchant, program, face, status)
    books.cards.append(card)
    books.tell(merchant, "card.issued")
    return card


def start(books: Books, card: CardFacts, at: datetime) -> None:
    """A card can be spent from now on, for as long as its program says."""
    card.status = "active"
    card.expires_at = end_of(at, books.program(card.number).days)
    books.tell(card.merchant, "card.activated")


def refused(step: Step, action: str = "") -> Step:
    """A verb that says no by raising, and leaves nothing behind but a line in the audit, under `action`."""

    def judged(books: Books, command: Command, at: datetime) -> Answer:
        try:
            answer = step(books, command, at)
        except No as refusal:
            answer = Answer(refusal.code)
        if action and answer.outcome not in {"done", "replayed"}:
            reason = "idempotency_conflict" if answer.outcome == "conflict" else answer.outcome
            books.refused[command.merchant, action, reason] += 1
        return answer

    return judged


def mine(books: Books, command: Command) -> CardFacts:
    """The card that is named by its id, if it is this merchant's."""
    number = command.fields["card"]
    if not 0 <= number < len(books.cards) or books.cards[number].merchant != command.merchant:
        raise No("card_not_found")
    return books.cards[number]


def _issue(books: Books, command: Command, at: datetime) -> Answer:
    program, value = command.fields["program"], command.fields["value_minor"]
    terms = books.merchants[command.merchant].programs[program]
    if terms.funding == "escrow":
        raise No("program_needs_payment")
    if not 1 <= command.fields["count"] <= 1_000:
        raise No("count_is_invalid")
    if not LOWEST <= value <= terms.highest:
        raise No("value_is_out_of_bounds")
    if not command.key:
        raise No("invalid_idempotency_key")
    return books.once("issue_cards", command, at, _issue_now)


def _issue_now(books: Books, command: Command, at: datetime) -> Answer:
    made = []
    for _ in range(command.fields["count"]):
        card = make_card(
            books, command.merchant, command.fields["program"], command.fields["value_minor"], "active"
        )
        start(books, card, at)
        give(books, card, card.face)
        made.append(f"card:{card.number}")
    return Answer("done", made=tuple(made))


def give(books: Books, card: CardFacts, amount: int) -> None:
    """Value that nobody pays the platform for: the merchant owes it, and of a direct card the commission."""
    terms = books.program(card.number)
    if terms.funding == "direct":
        commission = commission_on(terms, amount)
        books.move(f"{card.merchant}/receivable", f"commission/{books.currency(card.number)}", commission)
    books.move(f"{card.merchant}/issued", f"card/{card.number}", amount)


def _freeze(books: Books, command: Command, at: datetime) -> Answer:
    card, reason = mine(books, command), command.fields["reason"]
    if card.status in {"pending", "closed"}:
        raise No(f"card_is_{card.status}")
    books.let_go([card.number], at)
    if reason not in card.freezes:
        card.freezes.add(reason)
        card.status = "frozen"
        books.tell(card.merchant, "card.frozen")
    return Answer("done")


def _unfreeze(books: Books, command: Command, at: datetime) -> Answer:
    card, reason = mine(books, command), command.fields["reason"]
    if card.status == "closed":
        raise No("card_is_closed")
    books.let_go([card.number], at)
    if reason in card.freezes:
        card.freezes.remove(reason)
        card.status = "frozen" if card.freezes else "active"
        books.tell(card.merchant, "card.unfrozen")
    return Answer("done")


def _close(books: Books, command: Command, at: datetime) -> Answer:
    card = mine(books, command)
    if card.status == "closed":
        if card.close_reason != "cancelled":
            raise No("card_is_closed")
        books.let_go([card.number], at)
        return Answer("done")
    if card.status == "pending":
        end(books, card, "cancelled", at, event="card.cancelled")
        return Answer("done")
    left = books.balance(card.number)
    if books.held(card.number, at):
        raise No("card_has_holds")
    if left and (books.program(card.number).funding == "escrow" or card.is_sold):
        raise No("card_has_balance")
    books.move(f"card/{card.number}", f"{card.merchant}/issued", left)
    end(books, card, "cancelled", at)
    return Answer("done")


def end(books: Books, card: CardFacts, reason: str, at: datetime, event: str = "card.closed") -> None:
    """A card is over."""
    books.let_go([card.number], at)
    card.status, card.close_reason = "closed", reason
    books.tell(card.merchant, event)


def _expire(books: Books, _command: Command, at: datetime) -> Answer:
    due = [card for card in books.cards if card.status in {"active", "frozen"} and card.is_over(at)]
    due = [card for card in due if not books.held(card.number, at)]
    for card in due:
        left = books.balance(card.number)
        books.move(f"card/{card.number}", _taker(books, card), left)
        end(books, card, "expired", at, event="card.expired")
        card.expired.append(left)
    return Answer("done", len(due))


def _taker(books: Books, card: CardFacts) -> str:
    """Who has the value of an expired card."""
    is_escrow = books.program(card.number).funding == "escrow"
    return f"expired_value/{books.currency(card.number)}" if is_escrow else f"{card.merchant}/issued"


def _reinstate(books: Books, command: Command, at: datetime) -> Answer:
    card = mine(books, command)
    if card.status != "closed":
        if not card.expired:
            raise No("card_is_not_expired")
        books.let_go([card.number], at)
        return Answer("done")
    if card.close_reason != "expired":
        raise No("card_is_closed")
    books.move(_taker(books, card), f"card/{card.number}", card.expired[-1])
    card.expires_at = end_of(at, books.program(card.number).days)
    card.status, card.close_reason = "frozen" if card.freezes else "active", ""
    books.tell(card.merchant, "card.reinstated")
    return Answer("done")


def _ask_expire(_dice: Random, _books: Books) -> Command:
    return Command("expire", 0, {})


def _ask_reinstate(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    mine_expired = [card.number for card in books.cards if card.merchant == merchant and card.expired]
    heard = [card for card in mine_expired if card in books.known.get(("card", merchant), [])]
    card = dice.choice(heard) if heard and dice.random() < 0.8 else target(dice, books, "card", merchant)
    return Command("reinstate", merchant, {"card": card})


def _ask_issue(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    fields = {
        "program": dice.randrange(len(books.merchants[merchant].programs)),
        "value_minor": dice.choice([0, 1, 500, 2_500, 5_000, 5_000, 20_000, 20_001, 100_000, 100_001]),
        "count": dice.choice([1, 1, 2, 3, 8]),
    }
    return Command("issue", merchant, fields, some_key(dice, books))


def _ask_freeze(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    fields = {"card": target(dice, books, "card", merchant), "reason": dice.choice(REASONS)}
    return Command("freeze", merchant, fields)


def _ask_unfreeze(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    frozen = [card for card in books.known.get(("card", merchant), []) if books.cards[card].freezes]
    if frozen and dice.random() < 0.9:
        card = dice.choice(frozen)
        reason = dice.choice(sorted(books.cards[card].freezes))
        return Command("unfreeze", merchant, {"card": card, "reason": reason})
    fields = {"card": target(dice, books, "card", merchant), "reason": dice.choice(REASONS)}
    return Command("unfreeze", merchant, fields)


def _ask_close(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    return Command("close", merchant, {"card": target(dice, books, "card", merchant)})


VERBS = [
    Verb("issue", 6, _ask_issue, refused(_issue, "card.issued")),
    Verb("freeze", 3, _ask_freeze, refused(_freeze)),
    Verb("unfreeze", 5, _ask_unfreeze, refused(_unfreeze)),
    Verb("close", 1, _ask_close, refused(_close)),
    Verb("expire", 1, _ask_expire, _expire),
    Verb("reinstate", 2, _ask_reinstate, refused(_reinstate, "card.reinstated")),
]
