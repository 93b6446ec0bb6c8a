"""What an act on a card will do, said on its confirming page: a sentence, and the words of its button."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from giftwell.domain.cards.models import Card
from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.console.value_forms import ActForm
from giftwell.kit.money import Money


def _text(minor: int, card: Card) -> str:
    return money_text(Money(minor, card.currency))


def says_load(card: Card, form: ActForm) -> tuple[str, str]:
    """Of a load."""
    words = {"amount": _text(form.cleaned_data["amount"], card), "last4": card.last4}
    return (
        _("%(amount)s is added to card %(last4)s, and can be spent at once.") % words,
        _("Load %(amount)s") % words,
    )


def says_transfer(card: Card, form: ActForm) -> tuple[str, str]:
    """Of a transfer."""
    words = {
        "amount": _text(form.cleaned_data["amount"], card),
        "last4": card.last4,
        "other": form.cleaned_data["target"].last4,
    }
    return (
        _("%(amount)s goes from card %(last4)s to card %(other)s.") % words,
        _("Move %(amount)s to %(other)s") % words,
    )


def says_merge(card: Card, form: ActForm) -> tuple[str, str]:
    """Of a merge."""
    balance: int = card.balance_minor  # type: ignore[attr-defined]  # annotated by the query
    words = {
        "amount": _text(balance, card), "last4": card.last4, "other": form.cleaned_data["target"].last4
    }  # fmt: skip
    sentence = _(
        "All %(amount)s of card %(last4)s go to card %(other)s. Card %(last4)s is closed for good, and its "
        "code is worth nothing. This cannot be undone."
    )
    return sentence % words, _("Merge into %(other)s") % words


def says_split(card: Card, form: ActForm) -> tuple[str, str]:
    """Of a split."""
    amounts: list[int] = form.cleaned_data["amounts"]
    balance: int = card.balance_minor  # type: ignore[attr-defined]  # annotated by the query
    left = balance - sum(amounts)
    words = {
        "last4": card.last4,
        "n": len(amounts),
        "amounts": ", ".join(_text(one, card) for one in amounts),
        "left": _text(max(left, 0), card),
    }
    new = ngettext(
        "%(n)s new card is made out of card %(last4)s: %(amounts)s.",
        "%(n)s new cards are made out of card %(last4)s: %(amounts)s.",
        len(amounts),
    )
    rest = _("%(left)s stays on it.") if left > 0 else _("Nothing stays on it, so it is closed for good.")
    button = ngettext("Make %(n)s card", "Make %(n)s cards", len(amounts))
    return f"{new % words} {rest % words}", button % words


def says_replace(card: Card, form: ActForm) -> tuple[str, str]:
    """Of a replacement."""
    balance: int = card.balance_minor  # type: ignore[attr-defined]  # annotated by the query
    words = {"last4": card.last4, "amount": _text(balance, card)}
    sentence = _(
        "The code of card %(last4)s is worth nothing from this moment. A new card with a new code carries "
        "its %(amount)s, its validity and its history on. This cannot be undone."
    )
    return sentence % words, _("Replace card %(last4)s") % words
