"""What an act of a holder will do, in plain words before it is done: a sentence, and the words of its
button.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from giftwell.interfaces.common.templatetags.words import money_text
from giftwell.interfaces.wallet.act_forms import ActForm
from giftwell.kit.money import Money


def _text(minor: int, form: ActForm) -> str:
    return money_text(Money(minor, form.held.card.currency))


def says_move(form: ActForm) -> tuple[str, str]:
    """Of value that goes to another card."""
    words = {"amount": _text(form.cleaned_data["amount"], form), "other": form.target.last4}
    if form.is_own:
        sentence = _("%(amount)s goes to your card %(other)s. You can move it back in the same way.")
    else:
        sentence = _(
            "%(amount)s goes to card %(other)s, and whoever has that card can spend it at once. Only they "
            "can give it back to you; we cannot."
        )
    return sentence % words, _("Move %(amount)s") % words


def says_merge(form: ActForm) -> tuple[str, str]:
    """Of two cards that become one."""
    words = {
        "amount": money_text(form.held.balance),
        "last4": form.held.card.last4,
        "other": form.target.last4,
    }
    sentence = _(
        "All %(amount)s go to your card %(other)s. Card %(last4)s ends, and its code and its gift page are "
        "worth nothing any more. This cannot be undone."
    )
    return sentence % words, _("Merge into card %(other)s") % words


def says_split(form: ActForm) -> tuple[str, str]:
    """Of new cards out of one."""
    amounts: list[int] = form.cleaned_data["amounts"]
    left = form.held.balance.amount_minor - sum(amounts)
    words = {
        "n": len(amounts),
        "amounts": ", ".join(_text(one, form) for one in amounts),
        "left": _text(max(left, 0), form),
        "last4": form.held.card.last4,
    }
    new = ngettext(
        "You get %(n)s new card with a code of its own: %(amounts)s.",
        "You get %(n)s new cards, each with a code of its own: %(amounts)s.",
        len(amounts),
    )
    rest = (
        _("%(left)s stays on card %(last4)s. You can merge them again.")
        if left > 0
        else _("Nothing stays on card %(last4)s, so it ends, and its code is worth nothing any more.")
    )
    button = ngettext("Make %(n)s card", "Make %(n)s cards", len(amounts))
    return f"{new % words} {rest % words}", button % words


def says_lost(form: ActForm) -> tuple[str, str]:
    """Of a lost card."""
    words = {"amount": money_text(form.held.balance), "last4": form.held.card.last4}
    sentence = _(
        "The code of card %(last4)s and its gift page are worth nothing from this moment, for you and for "
        "whoever found them. You get a new card with a new code: your %(amount)s, its validity and its "
        "history go on there. This cannot be undone."
    )
    return sentence % words, _("Report card %(last4)s lost") % words
