"""What several verbs refuse a card for. Codes are shared with the point of sale: one reason, one word."""

from giftwell.kit.errors import Invalid, Refused


class CardIsPending(Refused):
    """The card was not loaded yet: it can neither be spent nor frozen, and has no code."""

    code = "card_is_pending"
    detail = "This card has not been loaded yet."


class CardIsClosed(Refused):
    """The card ended; nothing brings it back."""

    code = "card_is_closed"
    detail = "This card is closed."


class CardIsFrozen(Refused):
    """Its holder, the merchant or the platform has stopped it."""

    code = "card_is_frozen"
    detail = "This card is frozen."


class CardIsExpired(Refused):
    """Its validity is over."""

    code = "card_is_expired"
    detail = "This card has expired."


class ValueIsOutOfBounds(Invalid):
    """The program's cards are not made in that value."""

    code = "value_is_out_of_bounds"
    detail = "Cards of this program do not come in that value."
