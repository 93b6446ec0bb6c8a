"""Why the ledger refuses a movement. `REFUSALS` is from the outcome that the functions in `sql/` answer."""

from giftwell.foundation.idempotency.refusals import KeyReversed
from giftwell.kit.errors import DomainError, Invalid, NotFound, Refused


class InsufficientFunds(Refused):
    """What is available on the account is less than the amount."""

    code = "insufficient_funds"
    detail = "There is not enough value on the card."


class AmountInvalid(Invalid):
    """The amount is not above zero, or beyond what money can be."""

    code = "amount_invalid"
    detail = "The amount must be above zero."


class WrongCurrency(Invalid):
    """An account of the movement is in another currency."""

    code = "wrong_currency"
    detail = "The card is in another currency."


class AccountNotFound(NotFound):
    """An account of the movement does not exist, or belongs to another merchant."""

    code = "account_not_found"
    detail = "There is no such account."


class LegsInvalid(Invalid):
    """The movement takes guarded value from an account that is not its subject, or moves it nowhere."""

    code = "legs_invalid"
    detail = "This movement is not possible."


class CauseConflict(Invalid):
    """The cause had an effect before, and this is not the same request. `errors` may name what differs."""

    code = "idempotency_conflict"
    detail = "This Idempotency-Key was used for another request."


class Reversed(KeyReversed):
    """The same, found by the ledger: the cause is a tombstone's."""


class HoldNotFound(NotFound):
    """There is no such hold, or it is another merchant's."""

    code = "hold_not_found"
    detail = "There is no such authorization."


class HoldNotLive(Refused):
    """The hold was captured or voided before, or its time is over."""

    code = "hold_not_live"
    detail = "This authorization was captured, voided, or has lapsed."


class CaptureExceedsHold(Refused):
    """More was to be captured than is held."""

    code = "capture_exceeds_hold"
    detail = "The amount is more than was authorized."


class LifetimeInvalid(Invalid):
    """A hold must end, and after now."""

    code = "lifetime_invalid"
    detail = "An authorization lasts between one second and seven days."


class NotReversible(Refused):
    """A reversal, a void and a tombstone are not reversed."""

    code = "not_reversible"
    detail = "This cannot be reversed."


class AlreadyRefunded(Refused):
    """Part of it was given back: what is left is refunded, not reversed."""

    code = "already_refunded"
    detail = "This was refunded, in part or in full, and can no longer be reversed."


REFUSALS: dict[str, type[DomainError]] = {
    error.code: error
    for error in (
        InsufficientFunds,
        AmountInvalid,
        WrongCurrency,
        AccountNotFound,
        LegsInvalid,
        Reversed,
        HoldNotFound,
        HoldNotLive,
        CaptureExceedsHold,
        LifetimeInvalid,
        NotReversible,
        AlreadyRefunded,
    )
}
