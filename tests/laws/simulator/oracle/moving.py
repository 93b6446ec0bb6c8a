"""Value moves from card to card, or comes onto one: transfer, merge, split, replace, load."""

from datetime import datetime
from random import Random

from tests.laws.simulator.oracle.asking import some_amount, some_currency, some_key, some_merchant, target
from tests.laws.simulator.oracle.books import Books, Step
from tests.laws.simulator.oracle.facts import HIGHEST, Answer, CardFacts, Command, Effect, LoadFacts, No, Verb
from tests.laws.simulator.oracle.life import LOWEST, end, end_of, give, make_card, refused


def _card(books: Books, command: Command, field: str) -> CardFacts:
    number = command.fields[field]
    if not 0 <= number < len(books.cards) or books.cards[number].merchant != command.merchant:
        raise No("card_not_found")
    return books.cards[number]


def _check_open(card: CardFacts, at: datetime) -> None:
    if card.status != "active":
        raise No(f"card_is_{card.status}")
    if card.is_over(at):
        raise No("card_is_expired")


def _pair(books: Books, command: Command, at: datetime) -> tuple[CardFacts, CardFacts]:
    if command.fields["from"] == command.fields["to"]:
        raise No("same_card")
    source, target_card = _card(books, command, "from"), _card(books, command, "to")
    for card in (source, target_card):
        _check_open(card, at)
    if books.program(source.number).funding != books.program(target_card.number).funding:
        raise No("cards_do_not_match")
    return source, target_card


def _check_key(books: Books, command: Command) -> None:
    """The key is the cause in the ledger: no till has used it."""
    if ("ledger", command.merchant, command.key) in books.keys:
        raise No("idempotency_conflict")


def _take_key(books: Books, command: Command, kind: str, card: CardFacts, at: datetime) -> Effect:
    """No till may use the key again."""
    _check_key(books, command)
    place = (command.merchant, command.key)
    books.keys["ledger", *place] = (command, Answer("done"))
    books.effects[place] = effect = Effect(kind, card.number, at=at)
    return effect


def _move(books: Books, source: CardFacts, target_card: CardFacts, amount: int, at: datetime) -> None:
    books.let_go([source.number, target_card.number], at)
    books.move(f"card/{source.number}", f"card/{target_card.number}", amount)
    lengthen(target_card, source.expires_at)
    books.tell(target_card.merchant, "card.value_received")


def lengthen(card: CardFacts, other: datetime | None) -> None:
    """A promise that was made is not shortened: the later of two ends, and none at all is the latest."""
    if card.expires_at is not None:
        card.expires_at = None if other is None else max(card.expires_at, other)


def _whole(books: Books, card: CardFacts, at: datetime) -> int:
    if books.held(card.number, at):
        raise No("card_has_holds")
    if not books.balance(card.number):
        raise No("nothing_on_card")
    return books.balance(card.number)


def _transfer(books: Books, command: Command, at: datetime) -> Answer:
    source, target_card = _pair(books, command, at)
    amount = command.fields["amount_minor"]
    if not 1 <= amount <= HIGHEST:
        raise No("amount_invalid")
    if command.fields["currency"] != books.currency(source.number):
        raise No("wrong_currency")
    check_room(books, target_card, amount)
    _check_key(books, command)
    if amount > books.available(source.number, at):
        raise No("insufficient_funds")
    _take_key(books, command, "transfer", source, at)
    _move(books, source, target_card, amount, at)
    books.tell(source.merchant, "card.value_transferred")
    return Answer("done", amount, books.balance(source.number), books.balance(target_card.number))


def _merge(books: Books, command: Command, at: datetime) -> Answer:
    source, target_card = _pair(books, command, at)
    amount = _whole(books, source, at)
    check_room(books, target_card, amount)
    _take_key(books, command, "transfer", source, at)
    _move(books, source, target_card, amount, at)
    books.tell(source.merchant, "card.merged")
    end(books, source, "merged", at)
    return Answer("done", amount, 0, books.balance(target_card.number))


def _replace(books: Books, command: Command, at: datetime) -> Answer:
    lost = _card(books, command, "card")
    if lost.status != "frozen":
        _check_open(lost, at)
    elif lost.freezes != {"holder"}:
        raise No("card_is_frozen")
    elif lost.is_over(at):
        raise No("card_is_expired")
    amount = _whole(books, lost, at)
    _take_key(books, command, "transfer", lost, at)
    card = _beside(books, lost, amount)
    lost.replaced_by = card.number
    _move(books, lost, card, amount, at)
    books.tell(lost.merchant, "card.replaced")
    end(books, lost, "replaced", at)
    return Answer("done", amount, 0, amount, (f"card:{card.number}",))


def _beside(books: Books, card: CardFacts, face: int) -> CardFacts:
    """A new card of the same program, as long valid."""
    made = make_card(books, card.merchant, card.program, face, "active")
    made.expires_at, made.is_sold = card.expires_at, card.is_sold
    books.tell(card.merchant, "card.activated")
    return made


def _split(books: Books, command: Command, at: datetime) -> Answer:
    source, amounts = _card(books, command, "card"), command.fields["amounts_minor"]
    _check_open(source, at)
    if not 1 <= len(amounts) <= 50 or not all(1 <= amount <= HIGHEST for amount in amounts):
        raise No("parts_are_invalid")
    if sum(amounts) > books.available(source.number, at):
        raise No("insufficient_funds")
    if amounts == [books.balance(source.number)]:
        raise No("parts_are_invalid")
    _take_key(books, command, "transfer", source, at)
    made = []
    for amount in amounts:
        card = _beside(books, source, amount)
        _move(books, source, card, amount, at)
        made.append(f"card:{card.number}")
    books.tell(source.merchant, "card.split")
    left = books.balance(source.number)
    if not left:
        end(books, source, "split", at)
    return Answer("done", None, left, None, tuple(made))


def _load(books: Books, command: Command, at: datetime) -> Answer:
    card, amount = _card(books, command, "card"), command.fields["amount_minor"]
    _check_open(card, at)
    terms = books.program(card.number)
    if terms.funding == "escrow":
        raise No("program_needs_payment")
    if command.fields["currency"] != books.currency(card.number):
        raise No("wrong_currency")
    check_load(books, card, amount)
    effect = _take_key(books, command, "load", card, at)
    effect.made = LoadFacts(amount)
    books.let_go([card.number], at)
    books.moved = []
    give(books, card, amount)
    effect.legs = list(books.moved)
    lengthen(card, end_of(at, terms.days))
    books.tell(card.merchant, "card.loaded")
    return Answer("done", amount, books.balance(card.number))


def check_load(books: Books, card: CardFacts, amount: int) -> None:
    """Raise where the program has no such load."""
    if not LOWEST <= amount <= books.program(card.number).highest:
        raise No("value_is_out_of_bounds")
    check_room(books, card, amount)


def check_room(books: Books, card: CardFacts, amount: int) -> None:
    """Raise where the card would hold more than one may."""
    most = books.program(card.number).most
    if most is not None and books.balance(card.number) + amount > most:
        raise No("exceeds_max_balance")


def _once(operation: str, action: str, step: Step) -> Step:
    """A verb whose refusals are written down under `action`. Its key is its own, and, once it moves value,
    also one of those that tills use.
    """

    def judged(books: Books, command: Command, at: datetime) -> Answer:
        if not command.key:
            raise No("invalid_idempotency_key")
        return books.once(operation, command, at, step)

    return refused(judged, action)


def _pair_of(dice: Random, books: Books, merchant: int) -> dict[str, int]:
    """Two cards, mostly of one program: others do not match."""
    source = target(dice, books, "card", merchant)
    wanted = target(dice, books, "card", merchant)
    if source >= 0 and dice.random() < 0.8:
        alike = [
            card for card in books.known.get(("card", merchant), [])
            if books.cards[card].program == books.cards[source].program
        ]  # fmt: skip
        wanted = dice.choice(alike) if alike else wanted
    return {"from": source, "to": wanted}


def _ask_transfer(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    fields = {
        **_pair_of(dice, books, merchant),
        "amount_minor": some_amount(dice),
        "currency": some_currency(dice, books, merchant),
    }
    return Command("transfer", merchant, fields, some_key(dice, books))


def _ask_merge(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    return Command("merge", merchant, _pair_of(dice, books, merchant), some_key(dice, books))


def _ask_replace(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    return Command(
        "replace", merchant, {"card": target(dice, books, "card", merchant)}, some_key(dice, books)
    )


def _ask_split(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    amounts = [some_amount(dice) for _ in range(dice.choice([0, 1, 2, 2, 3]))]
    fields = {"card": target(dice, books, "card", merchant), "amounts_minor": amounts}
    return Command("split", merchant, fields, some_key(dice, books))


def _ask_load(dice: Random, books: Books) -> Command:
    merchant = some_merchant(dice, books)
    fields = {
        "card": target(dice, books, "card", merchant),
        "amount_minor": some_amount(dice),
        "currency": some_currency(dice, books, merchant),
    }
    return Command("load", merchant, fields, some_key(dice, books))


VERBS = [
    Verb("transfer", 4, _ask_transfer, _once("transfer", "card.value_transferred", _transfer)),
    Verb("merge", 2, _ask_merge, _once("merge", "card.merged", _merge)),
    Verb("replace", 2, _ask_replace, _once("replacement", "card.replaced", _replace)),
    Verb("split", 2, _ask_split, _once("split", "card.split", _split)),
    Verb("load", 4, _ask_load, _once("load", "card.loaded", _load)),
]
