"""The five kinds of refusal. A concrete error lives beside the verb that raises it and knows no HTTP status.

`code` is a public contract (clients switch on it); `detail` is a sentence for a person and holds no secret.
"""

from typing import ClassVar


class DomainError(Exception):
    """Something was refused for a reason that a caller can act on."""

    code: ClassVar[str] = "error"
    detail: str = "The request could not be carried out."

    def __init__(self, detail: str | None = None, *, errors: dict[str, str] | None = None) -> None:
        """Say why: `detail` replaces the class's sentence, `errors` names the fields at fault."""
        if detail is not None:
            self.detail = detail
        self.errors: dict[str, str] = dict(errors or {})
        super().__init__(self.detail)


class Invalid(DomainError):
    """What was asked for is wrong in itself: a value, a format, a combination."""

    code = "invalid"
    detail = "Some of what was sent is not valid."


class Forbidden(DomainError):
    """The actor may not do this."""

    code = "forbidden"
    detail = "You may not do this."


class NotFound(DomainError):
    """It does not exist, or is not the caller's: the two are never told apart."""

    code = "not_found"
    detail = "There is nothing here by that name."


class Refused(DomainError):
    """The request is sound, but the present state forbids it."""

    code = "refused"
    detail = "That is not possible in the present state."


class Unavailable(DomainError):
    """Something that is needed does not answer now; trying again later may succeed."""

    code = "unavailable"
    detail = "The service is not available at the moment. Try again shortly."
