"""What the load generator sends: bytes of whole requests, each with a card picked at random and a key never
used before.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from random import Random

_HEAD = (
    "POST /v1/pos/{path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {secret}\r\n"
    "Content-Type: application/json\r\n"
)
_SPEND = '"code":"{code}","amount_minor":{amount},"currency":"EUR"'
BATCH_ROWS = 500

type Cards = list[list[str]]  # a code and the secret of its shop's key
type Maker = Callable[[Cards, Random, Iterator[str]], Iterator[bytes]]


def requests(kind: str, cards: Cards, run: str, seed: int) -> Iterator[bytes]:
    """Requests of a kind without end: redeem, balance, batch, pairs, hot_card or hot_merchant.

    Of pairs the first halves, authorizations; `capture` makes the second.
    """
    if kind == "hot_card":
        cards = cards[:1]
    elif kind == "hot_merchant":
        cards = [card for card in cards if card[1] == cards[0][1]]
    chance, keys = Random(seed), (f"{run}-{number}" for number in count())
    makers: dict[str, Maker] = {
        "balance": _balances,
        "batch": _batches,
        "pairs": partial(_spends, "authorizations", 100),
        # One card has to last for all the rounds.
        "hot_card": partial(_spends, "redemptions", 1),
    }
    make = makers.get(kind, partial(_spends, "redemptions", 100))
    return make(cards, chance, keys)


def capture(authorize: bytes, answer: bytes) -> bytes:
    """The second half of a pair: the capture of all that this answer says is held."""
    at = answer.index(b'"id":"') + 6
    head = authorize[: authorize.index(b"Content-Length")]
    # The key is the authorization's with a letter more.
    return (
        head.replace(b"authorizations", b"authorizations/%b/capture" % answer[at : answer.index(b'"', at)], 1)
        .replace(b"Idempotency-Key: ", b"Idempotency-Key: c")
        + b"Content-Length: 0\r\n\r\n"
    )  # fmt: skip


def _request(path: str, secret: str, body: str, key: str = "") -> bytes:
    keyed = f"Idempotency-Key: {key}\r\n" if key else ""
    return (
        f"{_HEAD.format(path=path, secret=secret)}{keyed}Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _spends(path: str, amount: int, cards: Cards, chance: Random, keys: Iterator[str]) -> Iterator[bytes]:
    # All that is the same is put together before the clock runs.
    parts = []
    for code, secret in cards:
        body = "{" + _SPEND.format(code=code, amount=amount) + "}"
        head, _, tail = _request(path, secret, body, "KEY").partition(b"KEY")
        parts.append((head, tail))
    last, pick = len(parts), chance.random
    for key in keys:
        head, tail = parts[int(pick() * last)]
        yield head + key.encode() + tail


def _balances(cards: Cards, chance: Random, _: Iterator[str]) -> Iterator[bytes]:
    ready = [_request("balance", secret, f'{{"code":"{code}"}}') for code, secret in cards]
    last, pick = len(ready), chance.random
    while True:
        yield ready[int(pick() * last)]


def _batches(cards: Cards, chance: Random, keys: Iterator[str]) -> Iterator[bytes]:
    by_secret: dict[str, list[str]] = {}
    for code, secret in cards:
        by_secret.setdefault(secret, []).append(code)
    while True:
        secret = chance.choice(list(by_secret))
        rows = [
            f'{{"operation":"redeem","idempotency_key":"{next(keys)}",'
            f"{_SPEND.format(code=chance.choice(by_secret[secret]), amount=100)}}}"
            for _ in range(BATCH_ROWS)
        ]
        yield _request("batch", secret, '{"operations":[' + ",".join(rows) + "]}")
