"""Events of the till in a merchant's words: what was taken, set aside, given back, undone. Reads nothing."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

SIGNS = {
    "redemption.made": -1,
    "redemption.refunded": 1,
    "redemption.reversed": 1,
    "refund.reversed": -1,
    "load.reversed": -1,
    "card.refunded": 1,
    "authorization.placed": 1,
}


def words_of_the_till(
    kind: str, data: Mapping[str, Any], places: Mapping[str, str]
) -> tuple[str, str, str] | None:
    """Icon, tone and words, or None for an event of another kind. `places` is by public ids."""
    place = places.get(str(data.get("location") or ""), "")
    at_place = {"place": place}
    to_another = bool(data.get("instead_of"))
    words = {
        "redemption.made": (
            "receipt", "", _("Redeemed at %(place)s") % at_place if place else _("Redeemed"),
        ),
        "redemption.refunded": (
            "again", "good",
            _("Given back, in the place of a card that has ended") if to_another
            else _("Given back to the card"),
        ),
        "card.refunded": (
            "plus", "good",
            _("Given without a receipt at %(place)s") % at_place if place else _("Given without a receipt"),
        ),
        "redemption.reversed": ("again", "warn", _("Redemption undone")),
        "refund.reversed": ("again", "warn", _("Giving back undone")),
        "load.reversed": ("again", "warn", _("Load undone")),
        "authorization.placed": (
            "clock", "", _("Set aside at %(place)s") % at_place if place else _("Set aside for a payment"),
        ),
        "authorization.voided": ("again", "", _("Let go again")),
        "authorization.lapsed": ("clock", "", _("Time for the payment ran out")),
        "request.prevented": ("stop", "", _("A late request was prevented")),
    }  # fmt: skip
    return words.get(kind)
