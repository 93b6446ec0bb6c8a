"""What several verbs of bulk refuse a batch for."""

from giftwell.kit.errors import Invalid, NotFound, Refused


class BatchNotFound(NotFound):
    """No such batch, or another merchant's: the two are never told apart."""

    code = "batch_not_found"
    detail = "There is no such batch."


class BatchIsNotReady(Refused):
    """Its stage does not allow this: it is still at work, or over."""

    code = "batch_is_not_ready"
    detail = "This batch is not at the point where that can be done."


class FileIsUnreadable(Invalid):
    """The file as a whole cannot be taken; `detail` says why and what to do."""

    code = "file_is_unreadable"
    detail = "This file cannot be read."
