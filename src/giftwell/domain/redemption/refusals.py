"""Why a card is not spent, captured or refunded. `REFUSALS` is from the outcome that the functions in
`sql/` answer.

No Django here: the point of sale reads it too.
"""

from giftwell.domain.ledger.refusals import (
    AccountNotFound,
    AlreadyRefunded,
    AmountInvalid,
    CaptureExceedsHold,
    CauseConflict,
    InsufficientFunds,
    LegsInvalid,
    LifetimeInvalid,
    NotReversible,
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


class RedemptionIsReversed(Refused):
    """It was undone as a whole: nothing of it is left to refund."""

    code = "redemption_is_reversed"
    detail = "This redemption was reversed; all of it went back to the card."


class TipExceedsLimit(Refused):
    """The tips of one authorization have a ceiling."""

    code = "tip_exceeds_limit"
    detail = "Tips may be at most 30 % of the amount that was authorized."


class DayLimitExceeded(Refused):
    """The program caps what one card spends on a day of the merchant's zone, holds included."""

    code = "day_limit_exceeded"
    detail = "This card may not spend that much on one day."


class RefundExceedsLimit(Refused):
    """Without a redemption, no more than a card's largest value is given at once."""

    code = "refund_exceeds_limit"
    detail = "Without a redemption, at most the largest value of the card's program can be refunded at once."


class RefundExceedsDailyLimit(Refused):
    """Without a redemption, a merchant gives back only so much a day."""

    code = "refund_exceeds_daily_limit"
    detail = "Today's refunds without a redemption have reached their limit. Try again tomorrow."


class ExceedsMaxBalance(Refused):
    """The card would hold more than its program allows."""

    code = "exceeds_max_balance"
    detail = "The card would hold more than its program allows."


class TooLateToReverse(Refused):
    """An unknown outcome is cleared soon; what is older is refunded."""

    code = "too_late_to_reverse"
    detail = "This happened more than 24 hours ago. Refund it instead."


REFUSALS: dict[str, type[DomainError]] = {
    error.code: error
    for error in (
        AccountNotFound,
        AlreadyRefunded,
        AmountInvalid,
        AuthorizationNotFound,
        AuthorizationNotLive,
        CaptureExceedsHold,
        CardIsClosed,
        CardIsExpired,
        CardIsFrozen,
        CardNotFound,
        DayLimitExceeded,
        ExceedsMaxBalance,
        InsufficientFunds,
        KeyInvalid,
        LegsInvalid,
        LifetimeInvalid,
        LocationNotFound,
        NotReversible,
        RedemptionIsReversed,
        RedemptionNotFound,
        ReferenceInvalid,
        RefundExceedsCapture,
        RefundExceedsDailyLimit,
        RefundExceedsLimit,
        Reversed,
        TipExceedsLimit,
        TooLateToReverse,
        WrongCurrency,
    )
}
