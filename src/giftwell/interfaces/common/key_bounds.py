"""Nobody makes a key that may do more than they may themselves, nor gets hold of one by rotating it."""

from collections.abc import Iterable

from giftwell.kit.errors import Forbidden


class KeyIsStronger(Forbidden):
    """The key may do what whoever asks may not."""

    code = "key_is_stronger"
    detail = "This key may do more than you may yourself. Ask an owner of the shop."


def refuse_stronger(scopes: Iterable[str], allowed: Iterable[str]) -> None:
    """Raise `KeyIsStronger` unless all `scopes` are among the `allowed` ones."""
    if not set(scopes) <= set(allowed):
        raise KeyIsStronger
