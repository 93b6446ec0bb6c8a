"""Why a card is not spent, captured or refunded. `REFUSALS` is from the outcome that the functions in
`sql/` answer.

No Django here: the point of sale reads it too.
"""

from giftwell.domain.ledger.refusals import (
    AccountNotFound,
    AmountInvalid,
    CaptureExceedsHold,
    CauseConflict,
    InsufficientFunds,
    LegsInvalid,
    LifetimeInvalid,
    Reversed,
    WrongCurrency,
)
from giftwell.kit.errors import DomainError, Invalid, NotFound, Refused

KeyConflict = CauseConflict
"""The key had an effect before, for another request; `errors` names the fields that differ, and nothing
else.
"""


class CardNotFound(NotFound):
    """No card of this merchant has that code. An unknown, a foreign, a malformed and a mistyped code are
    one.
    """

    code = "card_not_found"
    detail = "There is no such card."


class CardIsFrozen(Refused):
    """Its holder, the merchant or the platform has stopped it."""

    code = "card_is_frozen"
    detail = "This card is frozen."


class CardIsExpired(Refused):
    """Its validity is over."""

    code = "card_is_expired"
    detail = "This card has expired."


class CardIsClosed(Refused):
    """It ended; nothing brings it back."""

    code = "card_is_closed"
    detail = "This card is closed."


class LocationNotFound(NotFound):
    """No active location of this merchant has that id."""

    code = "location_not_found"
    detail = "There is no such location."


class ReferenceInvalid(Invalid):
    """The merchant's own reference is too long."""

    code = "reference_invalid"
    detail = "A reference has at most 120 characters."


class KeyInvalid(Invalid):
    """An idempotency key is 1 to 255 characters."""

    code = "key_invalid"
    detail = "An Idempotency-Key has 1 to 255 characters."


class AuthorizationNotFound(NotFound):
    """No authorization of this merchant has that id."""

    code = "authorization_not_found"
    detail = "There is no such authorization."


class AuthorizationNotLive(Refused):
    """It was captured or voided before, or its time is over."""

    code = "authorization_not_live"
    detail = "This authorization was captured, voided, or has lapsed."


class RedemptionNotFound(NotFound):
    """No redemption of this merchant has that id."""

    code = "redemption_not_found"
    detail = "There is no such redemption."


class RefundExceedsCapture(Refused):
    """More was to be given back than is left of what was taken."""

    code = "refund_exceeds_capture"
    detail = "The amount is more than what is left to refund."


REFUSALS: dict[str, type[DomainError]] = {
    error.code: error
    for error in (
        AccountNotFound,
        AmountInvalid,
        AuthorizationNotFound,
        AuthorizationNotLive,
        CaptureExceedsHold,
        CardIsClosed,
        CardIsExpired,
        CardIsFrozen,
        CardNotFound,
        InsufficientFunds,
        KeyInvalid,
        LegsInvalid,
        LifetimeInvalid,
        LocationNotFound,
        RedemptionNotFound,
        ReferenceInvalid,
        RefundExceedsCapture,
        Reversed,
        WrongCurrency,
    )
}
